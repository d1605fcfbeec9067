using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Rows.Limits;

namespace ServerlessIdempotency.InMemory;

/// <summary>
/// A store in this process's memory with the same guards and the same limits as Table Storage, for tests and for trying things out. It forgets
/// everything when the process ends, so it makes nothing idempotent over a crash.
/// </summary>
public sealed class InMemoryRowStore : IExpiredRowStore, IInProgressRowStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PartitionAddress, SortedDictionary<string, Row>> _partitions = [];
    private long _version;

    /// <inheritdoc/>
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken)
    {
        TableLimits.CheckTable(address.Table);
        TableLimits.CheckAddress(address);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return Task.FromResult(_partitions.TryGetValue(address.Partition, out var rows) ? rows.GetValueOrDefault(address.RowKey) : null);
        }
    }

    /// <inheritdoc/>
    public Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        TableLimits.CheckTransaction(transaction);
        TableLimits.CheckTable(transaction.Partition.Table);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return Task.FromResult(Apply(transaction));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Row> QueryAsync(RowQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TableLimits.CheckQuery(query);
        TableLimits.CheckTable(query.Partition.Table);
        await Task.CompletedTask;
        foreach (var row in Snapshot(query))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> QueryExpiredAsync(string table, DateTimeOffset before, CancellationToken cancellationToken) =>
        QueryAsync(table, row => row.Values.GetValueOrDefault(RowColumns.ExpiresAt) is DateTimeOffset expiresAt && expiresAt < before, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> QueryInProgressAsync(string table, DateTimeOffset before, CancellationToken cancellationToken) => QueryAsync(
        table,
        row => row.Values.GetValueOrDefault("State") is "InProgress" && row.Values.GetValueOrDefault("StartedAt") is DateTimeOffset startedAt && startedAt < before,
        cancellationToken);

    private async IAsyncEnumerable<Row> QueryAsync(string table, Func<Row, bool> filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        Row[] found;
        lock (_lock)
        {
            found = [.. _partitions.Where(partition => partition.Key.Table == table).SelectMany(partition => partition.Value.Values).Where(filter)];
        }

        foreach (var row in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    private Row[] Snapshot(RowQuery query)
    {
        lock (_lock)
        {
            return _partitions.TryGetValue(query.Partition, out var rows)
                ? [.. rows.Where(row => row.Key.StartsWith(query.RowKeyPrefix, StringComparison.Ordinal)
                        && string.CompareOrdinal(row.Key, query.RowKeyFrom ?? "") >= 0)
                    .Select(row => row.Value)
                    .Take(query.Take ?? int.MaxValue)]
                : [];
        }
    }

    private WriteOutcome Apply(RowTransaction transaction)
    {
        if (!_partitions.TryGetValue(transaction.Partition, out var rows))
        {
            _partitions[transaction.Partition] = rows = new(StringComparer.Ordinal);
        }

        for (var index = 0; index < transaction.Writes.Count; index++)
        {
            if (Refusal(transaction.Writes[index], rows) is { } reason)
            {
                return new WriteOutcome.Refused(index, reason);
            }
        }

        var etags = new string?[transaction.Writes.Count];
        for (var index = 0; index < etags.Length; index++)
        {
            var write = transaction.Writes[index];
            if (write is RowWrite.DeleteRow)
            {
                rows.Remove(write.RowKey);
                continue;
            }

            var values = write is RowWrite.InsertRow insert ? insert.Values : ((RowWrite.ReplaceRow)write).Values;
            etags[index] = (++_version).ToString(CultureInfo.InvariantCulture);
            rows[write.RowKey] = new Row(transaction.Partition.Row(write.RowKey), etags[index]!, new Dictionary<string, object>(values));
        }

        return new WriteOutcome.Applied(etags);
    }

    private static RefusalReason? Refusal(RowWrite write, SortedDictionary<string, Row> rows)
    {
        var current = rows.GetValueOrDefault(write.RowKey);
        return write switch
        {
            RowWrite.InsertRow => current is null ? null : RefusalReason.AlreadyExists,
            RowWrite.ReplaceRow when current is null => RefusalReason.Missing,
            RowWrite.ReplaceRow replace => current.ETag == replace.ETag ? null : RefusalReason.Stale,
            RowWrite.DeleteRow delete => current is null || current.ETag == delete.ETag ? null : RefusalReason.Stale,
            _ => throw new NotSupportedException($"Unknown write {write.GetType().Name}."),
        };
    }
}
