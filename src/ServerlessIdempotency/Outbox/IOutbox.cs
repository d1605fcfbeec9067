using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>How a commit takes messages along. The engine, the inbox and the sagas call it; users configure it by <c>AddOutbox</c>.</summary>
internal interface IOutbox
{
    /// <summary>
    /// Makes sure that the sweeper will look into a partition, before anything is committed there. It runs beside the claim, so it adds no
    /// sequential round trip; mostly the partition is known already and nothing is written.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The note could not be written; nothing may be committed with messages.</exception>
    Task PrepareAsync(PartitionAddress partition, CancellationToken cancellationToken);

    /// <summary>The rows that carry messages in a commit.</summary>
    /// <param name="operationHash">The operation that sends; with a message's place it makes its row's key and its default id.</param>
    /// <param name="messages">The messages, in order.</param>
    IReadOnlyList<RowWrite> ToRows(string operationHash, IReadOnlyList<OutboxMessage> messages);

    /// <summary>Says that rows of <see cref="ToRows"/> are committed: they are sent soon, in the background.</summary>
    void Committed(PartitionAddress partition, string operationHash);
}
