namespace LocalServiceBus.Queues;

/// <summary>The application properties that say why a message is a dead letter.</summary>
internal static class DeadLetterProperties
{
    public const string Reason = "DeadLetterReason";
    public const string Description = "DeadLetterErrorDescription";
}
