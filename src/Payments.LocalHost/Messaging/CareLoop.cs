using Payments.Orders;
using Payments.Undecided;

namespace Payments.LocalHost.Messaging;

/// <summary>Does now and then what the function app's timers do: goes on with orders whose wake-up became a dead letter, and looks again at undecided payments.</summary>
internal sealed class CareLoop(OrderResumption orders, UndecidedPaymentSweeper payments, TimeProvider timeProvider, ILogger<CareLoop> logger) : BackgroundService
{
    // The function app's is five minutes; here somebody is looking on.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync("dead letters of orders", token => orders.ResumeAsync(token), stoppingToken);
                await LookAsync("undecided payments", token => payments.SweepAsync(token), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task LookAsync(string kind, Func<CancellationToken, Task<int>> look, CancellationToken stoppingToken)
    {
        try
        {
            await look(stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
        {
            logger.LookGivenUp(kind, exception);
        }
    }
}
