using System.Collections.Concurrent;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace Payments.Tests;

/// <summary>Notes which messages were committed, and writes no rows of its own.</summary>
internal sealed class RecordingOutbox : IOutbox
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<OutboxMessage>> _prepared = new();

    public ConcurrentQueue<OutboxMessage> Committed { get; } = [];

    public Task PrepareAsync(PartitionAddress partition, CancellationToken cancellationToken) => Task.CompletedTask;

    public IReadOnlyList<RowWrite> ToRows(string operationHash, IReadOnlyList<OutboxMessage> messages)
    {
        _prepared[operationHash] = messages;
        return [];
    }

    void IOutbox.Committed(PartitionAddress partition, string operationHash)
    {
        foreach (var message in _prepared[operationHash])
        {
            Committed.Enqueue(message);
        }
    }
}
