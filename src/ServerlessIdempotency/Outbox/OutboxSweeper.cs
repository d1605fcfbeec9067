using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;

namespace ServerlessIdempotency.Outbox;

/// <summary>
/// Finds messages that were committed but not sent, since their process died or its queue was full, and sends them. Several sweepers at once are harmless.
/// </summary>
public sealed class OutboxSweeper
{
    private readonly PartitionRegister _register;
    private readonly PartitionSweep _partitions;
    private readonly IUnfinishedWork[] _unfinished;
    private readonly OutboxOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<OutboxSweeper> _logger;
    private readonly OverdueLog _overdue;

    internal OutboxSweeper(PartitionRegister register, OutboxFlusher flusher, IEnumerable<IUnfinishedWork> unfinished, OutboxOptions options, TimeProvider timeProvider, ILogger<OutboxSweeper> logger, IdempotencyMetrics? metrics = null)
    {
        _register = register;
        _partitions = new PartitionSweep(flusher, options, timeProvider);
        _unfinished = [.. unfinished];
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _overdue = new OverdueLog(timeProvider, logger, metrics);
    }

    /// <summary>
    /// Looks once into every partition that may hold unsent messages. It reads only what the notes name, never a whole table, and of each partition so much at most that the others have
    /// their turn: up to 10,000 rows and 1,000 messages of sessions; the next sweep goes on from there.
    /// </summary>
    /// <param name="cancellationToken">Stops; the next sweep goes on.</param>
    /// <exception cref="StoreUnavailableException">The register could not be read.</exception>
    public async Task<SweepResult> SweepAsync(CancellationToken cancellationToken)
    {
        var windows = new List<(Row Row, string Key, DateTimeOffset RemovableFrom)>();
        var notes = new Dictionary<PartitionAddress, List<(Row Row, DateTimeOffset RemovableFrom)>>();
        await foreach (var window in _register.ListWindowsAsync(cancellationToken))
        {
            windows.Add(window);
            await foreach (var (row, partition) in _register.ListNotesAsync(window.Key, cancellationToken))
            {
                (notes.TryGetValue(partition, out var known) ? known : notes[partition] = []).Add((row, window.RemovableFrom));
            }
        }

        var flushed = new ConcurrentBag<OutboxFlushResult>();
        var unreadable = 0;

        // For the time of this sweep.
        var closed = new ClosedQueues(_timeProvider, TimeSpan.FromDays(1));
        await Parallel.ForEachAsync(
            notes,
            new ParallelOptions { MaxDegreeOfParallelism = _options.SweepConcurrency, CancellationToken = cancellationToken, TaskScheduler = TaskScheduler.Current },
            async (entry, token) =>
            {
                try
                {
                    flushed.Add(await VisitAsync(entry.Key, entry.Value, closed, token));
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !token.IsCancellationRequested)
                {
                    // Whatever is wrong with one partition, the others' messages must go out.
                    Interlocked.Increment(ref unreadable);
                    _logger.SweepFailed(entry.Key, exception);
                }
            });

        foreach (var window in windows)
        {
            // No note joins a window that has stopped serving, so an empty one stays empty.
            if (_timeProvider.GetUtcNow() >= window.RemovableFrom && await _register.IsEmptyAsync(window.Key, cancellationToken))
            {
                await _register.RemoveAsync(window.Row, cancellationToken);
            }
        }

        _partitions.ForgetOthers(notes.Keys);
        var sum = OutboxFlushResult.Sum(flushed);
        _overdue.Tell(sum.Overdue, sum.Oldest ?? default);
        return new SweepResult(notes.Count, sum.Sent, sum.Parked, sum.Remaining, unreadable) { Overdue = sum.Overdue };
    }

    private async Task<OutboxFlushResult> VisitAsync(PartitionAddress partition, List<(Row Row, DateTimeOffset RemovableFrom)> notes, ClosedQueues closed, CancellationToken cancellationToken)
    {
        // The moment before the listing: only a note that had stopped serving by then can't stand for a commit that the listing missed.
        var listedFrom = _timeProvider.GetUtcNow();
        var result = await _partitions.SweepAsync(partition, closed, cancellationToken);
        if (result.Sent > 0)
        {
            _logger.StrandedSent(result.Sent, partition);
        }

        var removable = notes.Where(note => listedFrom >= note.RemovableFrom).ToList();
        if (removable.Count > 0 && result.Remaining > 0)
        {
            // One note is enough to come back by: without this, a partition that always has something unfinished would gather one for every window.
            removable.Remove(notes.MaxBy(note => note.RemovableFrom));
        }
        else if (removable.Count > 0 && await NextUnfinishedAsync(partition, cancellationToken) is { } next)
        {
            // Nothing has to be looked at before that moment: the partition is found again by a note for then, and costs nothing until then.
            await _register.NoteForAsync(partition, next, cancellationToken);
        }

        foreach (var (row, _) in removable)
        {
            await _register.RemoveAsync(row, cancellationToken);
        }

        return result;
    }

    private async Task<DateTimeOffset?> NextUnfinishedAsync(PartitionAddress partition, CancellationToken cancellationToken)
    {
        DateTimeOffset? first = null;
        foreach (var work in _unfinished)
        {
            first = await work.NextAsync(partition, cancellationToken) is { } next && !(first <= next) ? next : first;
        }

        return first;
    }
}
