using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Batches;

/// <summary>What one event of a batch brings into a transaction.</summary>
/// <param name="Message">Whose event it is.</param>
/// <param name="Applied">The mark that it is applied.</param>
/// <param name="Rows">What its handler writes.</param>
/// <param name="Messages">The rows of the messages that its handler sends.</param>
internal sealed record BatchEntry(BatchMessage Message, ProcessedEvent Applied, IReadOnlyList<RowWrite> Rows, IReadOnlyList<RowWrite> Messages)
{
    public RowWrite Mark { get; } = Applied.ToWrite(Message.Address.RowKey, Message.Mark);
}
