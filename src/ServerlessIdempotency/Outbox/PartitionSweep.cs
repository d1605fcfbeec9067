using System.Collections.Concurrent;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Rows.Limits;

namespace ServerlessIdempotency.Outbox;

/// <summary>
/// What one sweep does in a partition, bounded: so many rows are read and so many messages sent at most, and the next sweep goes on from there, so that the other partitions have
/// their turn. Where all fits into one page, which is the rule, it is sent at once.
/// </summary>
/// <remarks>
/// Rows are listed by operation and not by their moments, so what comes first in a session is known only once all of them were seen. A longer backlog is gone through part by part: what has
/// no session is sent on the way, and what has one is remembered, the earliest first, and sent once the end was reached.
/// </remarks>
internal sealed class PartitionSweep(OutboxFlusher flusher, OutboxOptions options, TimeProvider timeProvider)
{
    // What one request to Table Storage gives.
    private const int PageSize = 1_000;
    private const int MaxPageBytes = 16 * 1024 * 1024;
    private const int MaxPages = 10;

    // How many messages of sessions in one sweep; each is read again.
    private const int MaxOfSessions = 1_000;
    private const int ReadAtOnce = 100;

    // In this process alone: a fresh one begins anew.
    private readonly ConcurrentDictionary<PartitionAddress, OutboxBacklog> _backlogs = new();

    /// <summary>Forgets how far it came in partitions that are not swept any more.</summary>
    public void ForgetOthers(IReadOnlyCollection<PartitionAddress> swept)
    {
        foreach (var partition in _backlogs.Keys.Except(swept))
        {
            _backlogs.TryRemove(partition, out _);
        }
    }

    public async Task<OutboxFlushResult> SweepAsync(PartitionAddress partition, ClosedQueues closed, CancellationToken cancellationToken)
    {
        // Before the first reading. What is younger may stand where it was read already, or still be on its way.
        var committedBefore = timeProvider.GetUtcNow() - options.SweepAfter;

        // Taken out: of two sweeps at once, the other begins anew.
        var isFresh = !_backlogs.TryRemove(partition, out var backlog);
        var page = isFresh ? await ReadAsync(partition, from: null, cancellationToken) : default;
        if (isFresh && page.Next is null)
        {
            return await flusher.FlushAsync(partition, page.Rows, options.SweepAfter, closed, cancellationToken);
        }

        backlog ??= new OutboxBacklog(committedBefore);
        var results = new List<OutboxFlushResult>();
        for (var pages = 1; !backlog.IsComplete; pages++)
        {
            page = isFresh && pages == 1 ? page : await ReadAsync(partition, backlog.From, cancellationToken);
            backlog.Remember(page.Rows, page.Next);
            results.Add(await flusher.FlushAsync(partition, page.Rows.FindAll(row => row.Session is null), options.SweepAfter, closed, cancellationToken));
            if (pages == MaxPages)
            {
                break;
            }
        }

        if (backlog.IsComplete)
        {
            results.Add(await FlushRememberedAsync(partition, backlog, closed, cancellationToken));
        }

        if (!backlog.IsSent)
        {
            _backlogs[partition] = backlog;
        }

        // Over several sweeps it says nothing of what was committed meanwhile, so that there is nothing left is for a later sweep to find.
        var sum = OutboxFlushResult.Sum(results);
        return sum with { Remaining = Math.Max(sum.Remaining + backlog.Remaining, isFresh && backlog.IsSent ? 0 : 1) };
    }

    private async Task<OutboxFlushResult> FlushRememberedAsync(PartitionAddress partition, OutboxBacklog backlog, ClosedQueues closed, CancellationToken cancellationToken)
    {
        var results = new List<OutboxFlushResult>();
        for (var taken = 0; taken < MaxOfSessions && !backlog.IsSent; taken += ReadAtOnce)
        {
            var rows = new List<OutboxRow>();
            foreach (var key in backlog.Take(ReadAtOnce))
            {
                // Gone, somebody else has sent it.
                if (await flusher.Store.ReadAsync(partition.Row(key), cancellationToken) is { } row && flusher.ToUnsent(row) is { } unsent)
                {
                    rows.Add(unsent);
                }
            }

            results.Add(await flusher.FlushAsync(partition, rows, options.SweepAfter, closed, cancellationToken, backlog.Hold));
        }

        return OutboxFlushResult.Sum(results);
    }

    private async Task<(List<OutboxRow> Rows, string? Next)> ReadAsync(PartitionAddress partition, string? from, CancellationToken cancellationToken)
    {
        var rows = new List<OutboxRow>();
        var (count, bytes) = (0, 0L);
        await foreach (var row in flusher.Store.QueryAsync(new RowQuery(partition, RowKeyPrefixes.Outbox) { RowKeyFrom = from, Take = PageSize }, cancellationToken))
        {
            bytes += EntitySize.Of(row.Address, row.Values);
            if (++count == PageSize || (count > 1 && bytes > MaxPageBytes))
            {
                return (rows, row.Address.RowKey);
            }

            if (flusher.ToUnsent(row) is { } unsent)
            {
                rows.Add(unsent);
            }
        }

        return (rows, null);
    }
}
