using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

/// <summary>
/// Finds sagas whose wake-up was sent and never came (the broker lost it, it expired, it ended in the dead-letter queue) and commits it again. It reads the partitions
/// that the outbox's register names and in them only the sagas that have not ended. Several sweepers at once are harmless.
/// </summary>
/// <remarks>It takes no step itself: that is for the consumers of the wake-ups, however many they are.</remarks>
public sealed class SagaSweeper
{
    private readonly PartitionRegister _register;
    private readonly OpenSagas _open;
    private readonly SagaTransitions _transitions;
    private readonly RowWriter _writer;
    private readonly SagaOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<SagaSweeper> _logger;

    internal SagaSweeper(PartitionRegister register, OpenSagas open, SagaTransitions transitions, RowWriter writer, SagaOptions options, TimeProvider timeProvider, ILogger<SagaSweeper> logger)
    {
        _register = register;
        _open = open;
        _transitions = transitions;
        _writer = writer;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>Looks once at every saga that has not ended.</summary>
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

    private async Task<SagaSweepResult> VisitAsync(PartitionAddress partition, CancellationToken cancellationToken)
    {
        var ended = new List<Row>();
        var result = default(SagaSweepResult);
        try
        {
            await foreach (var row in _open.ListAsync(partition, cancellationToken))
            {
                result = result.Add(await LookAtAsync(row, ended, cancellationToken));
            }

            foreach (var rows in ended.Chunk(RowTransaction.MaxWrites))
            {
                // Refused where another sweeper is at it; then the next sweep looks again.
                await _writer.WriteAsync(partition, [.. rows.Select(row => RowWrite.Delete(row.Address.RowKey, row.ETag))], cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever is wrong with one partition, the others' sagas must go on.
            _logger.SweepFailed(partition, exception);
            result = result.Add(new SagaSweepResult(0, 0, 0, Unreadable: 1));
        }

        return result;
    }

    private async Task<SagaSweepResult> LookAtAsync(Row row, List<Row> ended, CancellationToken cancellationToken)
    {
        var address = OpenSagas.ToSaga(row);
        try
        {
            switch (await WakeAgainAsync(address, cancellationToken))
            {
                case null:
                    ended.Add(row);
                    return new SagaSweepResult(0, 0, Ended: 1, 0);
                case true:
                    _logger.SagaWokenAgain(address.Row);
                    return new SagaSweepResult(Open: 1, Woken: 1, 0, 0);
                default:
                    return new SagaSweepResult(Open: 1, 0, 0, 0);
            }
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or StoreUnavailableException))
        {
            // One that can't be read must not keep its neighbours waiting.
            _logger.SagaUnreadable(address.Row, exception);
            return new SagaSweepResult(Open: 1, 0, 0, Unreadable: 1);
        }
    }

    /// <summary>Commits the wake-up of a saga again where it is overdue. What came of the first one is settled by its transition: it is an earlier one now.</summary>
    /// <returns>Whether it did; null where the saga has ended or there is none.</returns>
    private async Task<bool?> WakeAgainAsync(SagaAddress address, CancellationToken cancellationToken)
    {
        if (await _transitions.Store.ReadAsync(address.Row, cancellationToken) is not { } row || SagaRow.FromRow(row) is not { Saga.HasEnded: false } current)
        {
            return null;
        }

        var saga = current.Saga;
        var now = _timeProvider.GetUtcNow();
        var dueAt = current.Owner is not null ? current.LeaseUntil + _options.ClockSkewMargin : saga.WaitsUntil ?? saga.StartedAt;
        if (saga.Status == SagaStatus.Parked || now < dueAt + _options.WakeAgainAfter || await _transitions.IsUnsentAsync(address, saga.Transition, cancellationToken))
        {
            return false;
        }

        // It waits from now on, so the next sweep gives this wake-up its time.
        await _transitions.PrepareAsync(address, cancellationToken);
        var next = current with { Saga = saga with { WaitsUntil = now, Transition = saga.Transition + 1 }, Owner = null, LeaseUntil = DateTimeOffset.UnixEpoch };
        return await _transitions.CommitAsync(address, next, row.ETag, SagaEffects.None, now) is CommitOutcome.Written;
    }
}
