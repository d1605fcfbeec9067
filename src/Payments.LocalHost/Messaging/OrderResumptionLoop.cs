using Payments.Orders;

namespace Payments.LocalHost.Messaging;

/// <summary>Goes on now and then with orders whose wake-up became a dead letter, as the function app's timer does.</summary>
internal sealed class OrderResumptionLoop(OrderResumption orders, TimeProvider timeProvider, ILogger<OrderResumptionLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await orders.ResumeAsync(stoppingToken);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    logger.ResumptionGivenUp(exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
