using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Purge;

/// <summary>
/// Deletes rows that expired a while ago: records, processed events, and whatever else has the column <see cref="RowColumns.ExpiresAt"/>. Every deletion carries the version
/// that was read, so a row that came to life again (its key used again, its claim taken over) stays. Several purges at once are harmless.
/// </summary>
public sealed class ExpiredRowPurger
{
    // The service's own maximum for one page: as many are read, grouped by partition and deleted before the next page is asked for.
    private const int PageRows = 1000;

    private const string LeaseUntil = nameof(LeaseUntil);

    private readonly IExpiredRowStore _store;
    private readonly IReadOnlyList<string> _tables;
    private readonly PurgeOptions _options;
    private readonly TimeProvider _timeProvider;

    /// <summary>Creates a purger. Apps get theirs by <c>services.AddIdempotency().AddPurge()</c>.</summary>
    /// <param name="store">The store.</param>
    /// <param name="recordTable">The table of records that do not live beside business rows.</param>
    /// <param name="options">What is purged and how fast.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public ExpiredRowPurger(IExpiredRowStore store, string recordTable, PurgeOptions options, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.ThrowIfAny(options.Validate());
        _store = store;
        _tables = [.. options.Tables.Append(recordTable).Distinct(StringComparer.Ordinal)];
        _options = options;
        _timeProvider = timeProvider;
    }

    /// <summary>Deletes what has expired, up to <see cref="PurgeOptions.MaxRows"/> rows.</summary>
    /// <param name="cancellationToken">Stops between two transactions; the next run goes on.</param>
    /// <exception cref="StoreUnavailableException">The store did not answer; what was deleted so far stays deleted.</exception>
    public async Task<PurgeResult> PurgeAsync(CancellationToken cancellationToken)
    {
        var before = _timeProvider.GetUtcNow() - _options.Grace;
        var result = new PurgeResult(0, 0, IsComplete: true);
        var open = _tables.Select(table => _store.QueryExpiredAsync(table, before, cancellationToken).GetAsyncEnumerator(cancellationToken)).ToList();
        try
        {
            // The tables take turns, so that a large one can't spend what the others need.
            while (open.Count > 0 && result.Deleted < _options.MaxRows)
            {
                foreach (var rows in open.ToArray())
                {
                    var page = await NextPageAsync(rows, Math.Min(PageRows, (_options.MaxRows - result.Deleted + open.Count - 1) / open.Count), before, cancellationToken);
                    result = await DeleteAsync(result with { Kept = result.Kept + page.Kept }, page.Rows, cancellationToken);
                    if (page.IsLast)
                    {
                        open.Remove(rows);
                        await rows.DisposeAsync();
                    }
                }
            }

            foreach (var rows in open)
            {
                result = result with { IsComplete = result.IsComplete && (await NextPageAsync(rows, size: 1, before, cancellationToken)).Rows.Count == 0 };
            }

            return result;
        }
        finally
        {
            foreach (var rows in open)
            {
                await rows.DisposeAsync();
            }
        }
    }

    private static async Task<(List<Row> Rows, int Kept, bool IsLast)> NextPageAsync(IAsyncEnumerator<Row> rows, int size, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var page = new List<Row>();
        var kept = 0;
        while (page.Count < size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await rows.MoveNextAsync())
            {
                return (page, kept, IsLast: true);
            }

            if (IsHeld(rows.Current, before))
            {
                kept++;
            }
            else
            {
                page.Add(rows.Current);
            }
        }

        return (page, kept, IsLast: false);
    }

    // An execution that outlives its own retention still holds its record: the claim is its own until the lease has lapsed.
    private static bool IsHeld(Row row, DateTimeOffset before) => row.Values.GetValueOrDefault(LeaseUntil) is DateTimeOffset leaseUntil && leaseUntil >= before;

    private async Task<PurgeResult> DeleteAsync(PurgeResult result, List<Row> page, CancellationToken cancellationToken)
    {
        var kept = 0;
        await Parallel.ForEachAsync(
            page.GroupBy(row => row.Address.Partition).SelectMany(partition => partition.Chunk(RowTransaction.MaxWrites)),
            new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken, TaskScheduler = TaskScheduler.Current },
            async (rows, token) => Interlocked.Add(ref kept, await DeleteAsync(rows, token)));
        return result with { Deleted = result.Deleted + page.Count - kept, Kept = result.Kept + kept };
    }

    /// <summary>Deletes rows of one partition, those that have changed left out.</summary>
    /// <returns>How many have changed.</returns>
    private async Task<int> DeleteAsync(Row[] rows, CancellationToken cancellationToken)
    {
        var left = rows.ToList();
        while (left.Count > 0)
        {
            // Needs no recognition of its own writes: a row that is gone by an earlier attempt is gone.
            var outcome = await _store.WriteAsync(
                new RowTransaction(left[0].Address.Partition, [.. left.Select(row => RowWrite.Delete(row.Address.RowKey, row.ETag))]), cancellationToken);
            switch (outcome)
            {
                case WriteOutcome.Applied:
                    return rows.Length - left.Count;
                case WriteOutcome.Refused { Index: { } index }:
                    left.RemoveAt(index);
                    break;
                case WriteOutcome.Refused when left.Count == 1:
                    return rows.Length;
                default:
                    // The store could not say which: one by one each speaks for itself.
                    var kept = rows.Length - left.Count;
                    foreach (var row in left)
                    {
                        kept += await DeleteAsync([row], cancellationToken);
                    }

                    return kept;
            }
        }

        return rows.Length;
    }
}
