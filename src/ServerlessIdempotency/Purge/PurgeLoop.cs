using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.Purge;

/// <summary>Purges now and then while the app runs, the first time after an interval: a start has better things to do.</summary>
internal sealed class PurgeLoop(ExpiredRowPurger purger, PurgeOptions options, TimeProvider timeProvider, ILogger<PurgeLoop> logger) : BackgroundService
{
    private PeriodicTimer? _timer;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = options.Interval == TimeSpan.Zero ? null : new PeriodicTimer(options.Interval, timeProvider);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _timer?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_timer is not { } timer)
        {
            return;
        }

        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    var result = await purger.PurgeAsync(stoppingToken);
                    logger.Purged(result.Deleted, result.Kept);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    logger.PurgeGivenUp(exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
