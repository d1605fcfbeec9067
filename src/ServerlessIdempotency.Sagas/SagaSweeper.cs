using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;

namespace ServerlessIdempotency.Sagas;

/// <summary>
/// Finds sagas whose wake-up was sent and never came (the broker lost it, it expired, it ended in the dead-letter queue or parked in the outbox) and commits it again, with
/// pauses that double. It reads the partitions that the outbox's register names for now and in them, in due order, only the sagas that are due. Several sweepers at once are
/// harmless.
/// </summary>
/// <remarks>It takes no step itself: that is for the consumers of the wake-ups, however many they are.</remarks>
public sealed class SagaSweeper
{
    private const int PageSize = 100;

    // So many of one partition at most; then the others have their turn, and the rest is for the next sweep.
    private const int MaxPages = 10;

    // A store that failed for so many sagas in a row is away.
    private const int MaxFailures = 3;

    private readonly PartitionRegister _register;
    private readonly OpenSagas _open;
    private readonly SagaLook _look;
    private readonly SagaDefinitions _definitions;
    private readonly RowWriter _writer;
    private readonly SagaOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<SagaSweeper> _logger;
    private readonly IdempotencyMetrics? _metrics;

    internal SagaSweeper(
        PartitionRegister register,
        SagaDefinitions definitions,
        SagaTransitions transitions,
        ParkedSagaIndex parked,
        RowWriter writer,
        SagaOptions options,
        TimeProvider timeProvider,
        ILogger<SagaSweeper> logger,
        IdempotencyMetrics? metrics = null)
    {
        _register = register;
        _open = new OpenSagas(writer.Store, options.AppName);
        _look = new SagaLook(definitions, transitions, parked, options, timeProvider, logger, metrics);
        _definitions = definitions;
        _writer = writer;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _metrics = metrics;
    }

    /// <summary>Looks once at every saga that is due.</summary>
    /// <param name="cancellationToken">Stops; the next sweep goes on.</param>
    /// <exception cref="StoreUnavailableException">The register could not be read.</exception>
    public async Task<SagaSweepResult> SweepAsync(CancellationToken cancellationToken)
    {
        var partitions = new HashSet<PartitionAddress>();
        await foreach (var (_, key, _) in _register.ListWindowsAsync(cancellationToken))
        {
            await foreach (var (_, partition) in _register.ListNotesAsync(key, cancellationToken))
            {
                partitions.Add(partition);
            }
        }

        var guard = new Lock();
        var sum = default(SagaSweepResult);
        await Parallel.ForEachAsync(
            partitions,
            new ParallelOptions { MaxDegreeOfParallelism = _options.SweepConcurrency, CancellationToken = cancellationToken, TaskScheduler = TaskScheduler.Current },
            async (partition, token) =>
            {
                var result = await VisitAsync(partition, token);
                lock (guard)
                {
                    sum = sum.Add(result);
                }
            });
        return sum;
    }

    /// <summary>
    /// Lists the sagas that this process leaves alone, since it does not know their definition, their version or one of their steps, or can't read them. It reads every
    /// saga that has not ended: for people, not for a timer.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public async IAsyncEnumerable<UnknownSaga> ListUnknownAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var partitions = new HashSet<PartitionAddress>();
        await foreach (var (_, key, _) in _register.ListAllWindowsAsync(cancellationToken))
        {
            await foreach (var (_, partition) in _register.ListNotesAsync(key, cancellationToken))
            {
                partitions.Add(partition);
            }
        }

        foreach (var partition in partitions)
        {
            await foreach (var row in _open.ListAsync(partition, cancellationToken))
            {
                if (_open.Owns(row) && TryRead(row) is { } address && await WhyUnknownAsync(address, cancellationToken) is { } why)
                {
                    yield return new UnknownSaga(address, why);
                }
            }
        }
    }

    private SagaAddress? TryRead(Row row)
    {
        try
        {
            return OpenSagas.Read(row).Saga;
        }
        catch (InvalidDataException exception)
        {
            // One that can't be read must not hide those behind it.
            _logger.SagaUnreadable(row.Address, exception);
            return null;
        }
    }

    private async Task<string?> WhyUnknownAsync(SagaAddress address, CancellationToken cancellationToken)
    {
        try
        {
            return await _writer.Store.ReadAsync(address.Row, cancellationToken) is { } row && SagaRow.FromRow(row).Saga is { HasEnded: false } saga ? _definitions.WhyUnknown(saga) : null;
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
    }

    private async Task<SagaSweepResult> VisitAsync(PartitionAddress partition, CancellationToken cancellationToken)
    {
        var result = default(SagaSweepResult);
        try
        {
            var now = _timeProvider.GetUtcNow();
            string? after = null;
            for (var page = 0; page < MaxPages; page++)
            {
                // Behind the page before, whatever became of it: what can't be moved must not hold up what follows.
                var due = new List<Row>();
                await foreach (var row in _open.ListDueAsync(partition, now, after, PageSize, cancellationToken))
                {
                    due.Add(row);
                }

                var moves = new List<RowWrite[]>();
                var (seen, isAway) = await LookAtAsync(due, moves, cancellationToken);
                result = result.Add(seen);
                foreach (var chunk in WithoutTwins(moves).Chunk(RowTransaction.MaxWrites / 2))
                {
                    if (await _writer.WriteAsync(partition, [.. chunk.SelectMany(move => move)], cancellationToken) is CommitOutcome.Refused)
                    {
                        await MoveOneByOneAsync(partition, chunk, cancellationToken);
                    }
                }

                if (due.Count < PageSize || isAway)
                {
                    break;
                }

                after = due[^1].Address.RowKey;
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever is wrong with one partition, the others' sagas must go on.
            _logger.SweepFailed(partition, exception);
            result = result.Add(new SagaSweepResult { Unreadable = 1 });
        }

        return result;
    }

    /// <summary>A saga that had two rows gets one: a decision about a parked one adds its own while the earlier may still stand.</summary>
    private static IEnumerable<RowWrite[]> WithoutTwins(List<RowWrite[]> moves)
    {
        var next = new HashSet<string>();
        return moves.Select(move => move.Length == 1 || next.Add(move[1].RowKey) ? move : [move[0]]);
    }

    /// <summary>So that one row in the way does not hold up the others.</summary>
    private async Task MoveOneByOneAsync(PartitionAddress partition, RowWrite[][] moves, CancellationToken cancellationToken)
    {
        foreach (var move in moves)
        {
            // Refused at its first write, another sweeper is at it; at a later one, the saga has such a row already.
            if (await _writer.WriteAsync(partition, move, cancellationToken) is CommitOutcome.Refused { Index: > 0, Reason: RefusalReason.AlreadyExists })
            {
                await _writer.WriteAsync(partition, [move[0]], cancellationToken);
            }
        }
    }

    /// <param name="due">The rows.</param>
    /// <param name="moves">What becomes of each row: it goes, and another may come.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>What was seen, and whether the store is away.</returns>
    private async Task<(SagaSweepResult Seen, bool IsAway)> LookAtAsync(List<Row> due, List<RowWrite[]> moves, CancellationToken cancellationToken)
    {
        var result = default(SagaSweepResult);
        var failures = 0;
        foreach (var row in due.Where(_open.Owns))
        {
            try
            {
                var (seen, next) = await _look.AtAsync(OpenSagas.Read(row), cancellationToken);
                result = result.Add(seen);
                var gone = RowWrite.Delete(row.Address.RowKey, row.ETag);
                moves.Add(next is null ? [gone] : [gone, next]);
                failures = 0;
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // One bad row is skipped and told; where the store does not answer at all, the next sweep looks again.
                _logger.SagaUnreadable(row.Address, exception);
                if (exception is not StoreUnavailableException)
                {
                    _metrics?.SagaUnreadable();
                }

                result = result.Add(new SagaSweepResult { Open = 1, Unreadable = 1 });
                if (exception is StoreUnavailableException && ++failures == MaxFailures)
                {
                    return (result, IsAway: true);
                }
            }
        }

        return (result, IsAway: false);
    }
}
