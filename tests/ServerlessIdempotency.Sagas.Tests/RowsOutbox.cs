using System.Globalization;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>An outbox that only writes its rows; the test is the sweeper and the broker.</summary>
internal sealed class RowsOutbox : IOutbox
{
    public const string Prefix = RowKeyPrefixes.Outbox;

    private bool _isNoted;

    /// <summary>How many times messages were to be committed without a note before.</summary>
    public int Unnoted { get; private set; }

    /// <summary>Runs once, while the next note is made.</summary>
    public Func<Task>? OnPrepare { get; set; }

    public async Task PrepareAsync(PartitionAddress partition, CancellationToken cancellationToken)
    {
        _isNoted = true;
        if (OnPrepare is { } happens)
        {
            OnPrepare = null;
            await happens();
        }
    }

    public IReadOnlyList<RowWrite> ToRows(string operationHash, IReadOnlyList<OutboxMessage> messages)
    {
        Unnoted += _isNoted ? 0 : 1;
        _isNoted = false;
        foreach (var message in messages)
        {
            // What the real one refuses is refused here too.
            _ = OutboxRow.ToWrite(operationHash, ordinal: 0, message, DateTimeOffset.UnixEpoch);
        }

        return ToRowsOf(operationHash, messages);
    }

    public void Committed(PartitionAddress partition, string operationHash)
    {
    }

    private static IReadOnlyList<RowWrite> ToRowsOf(string operationHash, IReadOnlyList<OutboxMessage> messages) =>
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
}
