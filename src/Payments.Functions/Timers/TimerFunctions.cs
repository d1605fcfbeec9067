using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Payments.Api;
using Payments.Orders;
using Payments.Undecided;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Purge;
using ServerlessIdempotency.Sagas;

namespace Payments.Functions.Timers;

/// <summary>What has to be looked after now and then. Each is harmless when it runs twice at once or not at all for a while.</summary>
public sealed class TimerFunctions(OutboxSweeper sweeper, SagaSweeper sagas, OrderResumption orders, UndecidedPaymentSweeper payments, ExpiredRowPurger purger, PaymentsApi api, ILogger<TimerFunctions> logger)
{
    /// <summary>Every minute: sends what was committed and not sent.</summary>
    [Function(nameof(SweepOutbox))]
    public async Task SweepOutbox([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var result = await sweeper.SweepAsync(cancellationToken);
        logger.Swept(result.Partitions, result.Sent, result.Parked, result.Remaining, result.Unreadable);
    }

    /// <summary>Every five minutes: goes on with orders whose wake-up never came or is a dead letter.</summary>
    [Function(nameof(ResumeOrders))]
    public async Task ResumeOrders([TimerTrigger("30 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        await sagas.SweepAsync(cancellationToken);
        await orders.ResumeAsync(cancellationToken);
    }

    /// <summary>Every five minutes: looks again at payments of which the gateway gave no clear answer.</summary>
    [Function(nameof(SweepPayments))]
    public async Task SweepPayments([TimerTrigger("50 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        await payments.SweepAsync(cancellationToken);

    /// <summary>Four times a day: deletes what has expired.</summary>
    [Function(nameof(PurgeExpired))]
    public async Task PurgeExpired([TimerTrigger("45 7 */6 * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        var result = await purger.PurgeAsync(cancellationToken);
        logger.Purged(result.Deleted, result.Kept, result.IsComplete);
    }

    /// <summary>Every five minutes: fails, and so raises the alert, where the storage is away and no caller is there to notice.</summary>
    [Function(nameof(CheckHealth))]
    public async Task CheckHealth([TimerTrigger("15 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (await api.HealthAsync(cancellationToken) is not IStatusCodeHttpResult { StatusCode: StatusCodes.Status200OK })
        {
            throw new InvalidOperationException("The storage does not answer.");
        }
    }
}
