using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>The outbox as rows of the operation's own partition.</summary>
internal sealed class RowOutbox(PartitionRegister register, OutboxDispatcher dispatcher, OutboxOptions options, TimeProvider timeProvider) : IOutbox
{
    public Task PrepareAsync(PartitionAddress partition, CancellationToken cancellationToken) => register.NoteAsync(partition, cancellationToken);

    public IReadOnlyList<RowWrite> ToRows(string operationHash, IReadOnlyList<OutboxMessage> messages)
    {
        if (messages.Count > OutboxRow.MaxMessages)
        {
            throw new ArgumentException($"The operation sends {messages.Count} messages; one commit can take {OutboxRow.MaxMessages} at most. Send one message whose receiver sends the others.", nameof(messages));
        }

        var now = timeProvider.GetUtcNow();
        return [.. messages.Select((message, ordinal) => OutboxRow.ToWrite(operationHash, ordinal, message, now, options.AppName))];
    }

    public void Committed(PartitionAddress partition, string operationHash) => dispatcher.Enqueue(partition, operationHash);
}
