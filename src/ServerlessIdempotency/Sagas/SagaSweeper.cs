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
    // The most actions of a transaction.
    private const int MaxActions = 100;

    private readonly PartitionRegister _register;
    private readonly OpenSagas _open;
    private readonly SagaRunner _runner;
    private readonly RowWriter _writer;
    private readonly SagaOptions _options;
    private readonly ILogger<SagaSweeper> _logger;

    internal SagaSweeper(PartitionRegister register, OpenSagas open, SagaRunner runner, RowWriter writer, SagaOptions options, ILogger<SagaSweeper> logger)
    {
        _register = register;
        _open = open;
        _runner = runner;
        _writer = writer;
        _options = options;
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

            foreach (var rows in ended.Chunk(MaxActions))
            {
                // Refused where another sweeper is at it; then the next sweep looks again.
                await _writer.WriteAsync(partition, [.. rows.Select(row => RowWrite.Delete(row.Address.RowKey, row.ETag))], cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
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
            switch (await _runner.WakeAgainAsync(address, cancellationToken))
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
}
