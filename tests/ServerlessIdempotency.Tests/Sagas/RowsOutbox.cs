using System.Globalization;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Tests.Sagas;

/// <summary>An outbox that only writes its rows; the test is the sweeper and the broker.</summary>
internal sealed class RowsOutbox : IOutbox
{
    public const string Prefix = "outbox|";

    public Task PrepareAsync(PartitionAddress partition, CancellationToken cancellationToken) => Task.CompletedTask;

    public IReadOnlyList<RowWrite> ToRows(string operationHash, IReadOnlyList<OutboxMessage> messages) =>
    [
        .. messages.Select((message, index) => RowWrite.Insert(
            Prefix + operationHash + "|" + index.ToString(CultureInfo.InvariantCulture),
            new Dictionary<string, object>
            {
                ["Queue"] = message.Queue,
                ["Body"] = message.Body.ToArray(),
                ["MessageId"] = message.MessageId ?? $"{operationHash}/{index}",
                ["Session"] = message.SessionId ?? "",
                ["NotBefore"] = message.NotBefore ?? DateTimeOffset.UnixEpoch,
            })),
    ];

    public void Committed(PartitionAddress partition, string operationHash)
    {
    }
}
