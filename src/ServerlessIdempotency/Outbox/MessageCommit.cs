using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>
/// Commits rows together with messages: first the note for the sweeper, then the messages' rows in the same transaction as the others, at last the word to the
/// dispatcher. The engine, the inbox and the sagas commit by it.
/// </summary>
internal sealed class MessageCommit(IOutbox? outbox)
{
    public bool CanSend => outbox is not null;

    /// <summary>Makes the note ahead of time, beside a claim or a read, so that the commit need not wait for it.</summary>
    public Task PrepareAsync(PartitionAddress partition, CancellationToken cancellationToken) =>
        outbox?.PrepareAsync(partition, cancellationToken) ?? Task.CompletedTask;

    /// <param name="partition">Where everything is written.</param>
    /// <param name="operationHash">Who sends.</param>
    /// <param name="rows">The rows beside the messages.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="write">Writes all of it in one transaction.</param>
    /// <param name="isWritten">Whether that was done.</param>
    /// <param name="cancellationToken">Gives up before the write.</param>
    /// <exception cref="InvalidOperationException">There are messages and no outbox.</exception>
    public async Task<T> WriteAsync<T>(
        PartitionAddress partition,
        string operationHash,
        IReadOnlyList<RowWrite> rows,
        IReadOnlyList<OutboxMessage> messages,
        Func<IReadOnlyList<RowWrite>, Task<T>> write,
        Func<T, bool> isWritten,
        CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return await write(rows);
        }

        if (outbox is null)
        {
            throw NoOutbox();
        }

        // A note made ahead may be of an earlier window by now; mostly this writes nothing.
        await outbox.PrepareAsync(partition, cancellationToken);
        var outcome = await write([.. rows, .. outbox.ToRows(operationHash, messages)]);
        if (isWritten(outcome))
        {
            outbox.Committed(partition, operationHash);
        }

        return outcome;
    }

    /// <summary>The rows of one sender's messages, for a commit that several senders share: prepare, write, and say <see cref="Committed"/> for each of them.</summary>
    /// <exception cref="InvalidOperationException">There are messages and no outbox.</exception>
    public IReadOnlyList<RowWrite> ToRows(string operationHash, IReadOnlyList<OutboxMessage> messages) =>
        messages.Count == 0 ? [] : (outbox ?? throw NoOutbox()).ToRows(operationHash, messages);

    /// <summary>Says again that messages are committed: whoever committed them may have died before they were sent.</summary>
    public void Committed(PartitionAddress partition, string operationHash) => outbox?.Committed(partition, operationHash);

    private static InvalidOperationException NoOutbox() => new("The handler sends messages but no outbox is configured: call AddOutbox() after AddIdempotency().");
}
