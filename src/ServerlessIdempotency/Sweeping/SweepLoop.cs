using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.Sweeping;

/// <summary>Sweeps now and then while the app runs, the first time at its start: that is when a crash has just been.</summary>
/// <param name="sweep">One sweep.</param>
/// <param name="interval">How often; zero where something else sweeps.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class SweepLoop(Func<CancellationToken, Task> sweep, TimeSpan interval, TimeProvider timeProvider, ILogger<SweepLoop> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (interval == TimeSpan.Zero)
        {
            return;
        }

        // The host's start waits for no sweep.
        await Task.Yield();
        using var timer = new PeriodicTimer(interval, timeProvider);
        try
        {
            do
            {
                try
                {
                    await sweep(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
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
