using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>
/// The rows that name the sagas of a partition that have not ended, in the order in which the sweeper has to look at them: <c>saga-open|{when}|{transition}|{id}</c>.
/// </summary>
/// <remarks>
/// One is committed together with its saga. Only the sweeper moves it: a saga is not due before its pause or lease has ended, so its row never comes too late, and a
/// transition costs no further write. The one of a saga that is parked and listed is removed; the decision commits a new one.
/// </remarks>
internal sealed class OpenSagas(IRowStore store, string? app = null) : IUnfinishedWork
{
    /// <param name="address">The saga.</param>
    /// <param name="look">When the sweeper looks at it.</param>
    /// <param name="transition">The saga's transition.</param>
    /// <param name="looks">How often it was looked at in vain since then.</param>
    /// <param name="app">Whose saga it is.</param>
    public static RowWrite ToInsert(SagaAddress address, DateTimeOffset look, long transition, int looks = 0, string? app = null)
    {
        var values = new Dictionary<string, object> { ["Looks"] = looks, [AppNames.Column] = app ?? "" };
        return RowWrite.Insert(string.Create(CultureInfo.InvariantCulture, $"{KeyOf(look)}|{transition:D12}|{address.Id}"), values);
    }

    /// <summary>Whether a row is of a saga of this app: others that share the partition look at theirs themselves.</summary>
    public bool Owns(Row row) => AppNames.Owns(app, row);

    /// <exception cref="InvalidDataException">The row is no such row.</exception>
    public static OpenSaga Read(Row row)
    {
        try
        {
            var parts = row.Address.RowKey.Split('|', 4);
            return new OpenSaga(row, new SagaAddress(row.Address.Partition, parts[3]), long.Parse(parts[2], CultureInfo.InvariantCulture), (int)(row.GetInt64("Looks") ?? 0), row.GetString(AppNames.Column));
        }
        catch (Exception exception) when (exception is FormatException or IndexOutOfRangeException or ArgumentException or OverflowException or InvalidCastException)
        {
            throw new InvalidDataException($"The row {row.Address} names no saga: {exception.Message}", exception);
        }
    }

    /// <summary>The rows that are due, the earliest first.</summary>
    /// <param name="partition">Where.</param>
    /// <param name="now">The moment.</param>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="take">The most rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<Row> ListDueAsync(PartitionAddress partition, DateTimeOffset now, string? after, int take, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(new RowQuery(partition, RowKeyPrefixes.OpenSaga) { RowKeyFrom = after is null ? null : after + " ", Take = take }, cancellationToken))
        {
            if (string.CompareOrdinal(row.Address.RowKey, KeyOf(now) + "~") > 0)
            {
                break;
            }

            yield return row;
        }
    }

    public IAsyncEnumerable<Row> ListAsync(PartitionAddress partition, CancellationToken cancellationToken) =>
        store.QueryAsync(new RowQuery(partition, RowKeyPrefixes.OpenSaga), cancellationToken);

    public async Task<DateTimeOffset?> NextAsync(PartitionAddress partition, CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(new RowQuery(partition, RowKeyPrefixes.OpenSaga) { Take = 1 }, cancellationToken))
        {
            return Owns(row) ? MomentOf(row) : await NextOfOwnAsync(partition, cancellationToken);
        }

        return null;
    }

    private async Task<DateTimeOffset?> NextOfOwnAsync(PartitionAddress partition, CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(new RowQuery(partition, RowKeyPrefixes.OpenSaga), cancellationToken))
        {
            if (Owns(row))
            {
                return MomentOf(row);
            }
        }

        return null;
    }

    private static string KeyOf(DateTimeOffset moment) => string.Create(CultureInfo.InvariantCulture, $"{RowKeyPrefixes.OpenSaga}{moment.ToUnixTimeMilliseconds():D15}");

    // A row that is no such row is looked at like one that is due.
    private static DateTimeOffset MomentOf(Row row) => row.Address.RowKey.Split('|') is [_, { Length: 15 } moment, ..] && long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        : DateTimeOffset.UnixEpoch;
}
