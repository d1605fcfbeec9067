using System.Collections.Concurrent;
using System.Globalization;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace Payments.Tests.Orders;

/// <summary>An outbox that notes partitions and writes rows; the test is the sweeper and the broker. It outlives instances, as its table would.</summary>
internal sealed class NotedOutbox : IOutbox
{
    public const string Prefix = RowKeyPrefixes.Outbox;

    public ConcurrentDictionary<PartitionAddress, bool> Partitions { get; } = new();

    public Task PrepareAsync(PartitionAddress partition, CancellationToken cancellationToken)
    {
        Partitions[partition] = true;
        return Task.CompletedTask;
    }

    public IReadOnlyList<RowWrite> ToRows(string operationHash, IReadOnlyList<OutboxMessage> messages) =>
    [
        .. messages.Select((message, index) => RowWrite.Insert(
            Prefix + operationHash + "|" + index.ToString(CultureInfo.InvariantCulture),
            new Dictionary<string, object>
            {
                ["Queue"] = message.Queue,
                ["Body"] = message.Body.ToArray(),
                ["Subject"] = message.Subject ?? "",
                ["MessageId"] = message.MessageId ?? "",
                ["NotBefore"] = message.NotBefore ?? DateTimeOffset.UnixEpoch,
            })),
    ];

    public void Committed(PartitionAddress partition, string operationHash)
    {
    }
}
