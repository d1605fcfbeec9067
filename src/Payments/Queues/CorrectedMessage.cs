namespace Payments.Queues;

/// <summary>What to know before a corrected message is sent again.</summary>
internal static class CorrectedMessage
{
    /// <summary>Ends the description of a dead letter that its sender has to correct: within the window of duplicate detection a MessageId that is known is dropped, whatever the body.</summary>
    public const string Advice = "Give the corrected message a MessageId of its own: the broker drops one that it has just seen, without a word.";
}
