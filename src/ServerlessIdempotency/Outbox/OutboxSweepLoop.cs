using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.Outbox;

/// <summary>Sweeps now and then while the app runs, the first time at its start: that is when a crash has just been.</summary>
internal sealed class OutboxSweepLoop(OutboxSweeper sweeper, OutboxOptions options, TimeProvider timeProvider, ILogger<OutboxSweepLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.SweepInterval == TimeSpan.Zero)
        {
            return;
        }

        // The host's start waits for no sweep.
        await Task.Yield();
        using var timer = new PeriodicTimer(options.SweepInterval, timeProvider);
        try
        {
            do
            {
                try
                {
                    await sweeper.SweepAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    logger.SweepGivenUp(exception);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
