using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>What arrives in the orders' queue: the wake-ups of their sagas, and how they ended.</summary>
/// <param name="sagas">Advances the sagas.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class OrderMessages(SagaRunner sagas, TimeProvider timeProvider)
{
    /// <summary>Takes a message in, and says how it is settled. A wake-up is completed only once the next one is committed or none is needed.</summary>
    /// <param name="subject">The message's subject.</param>
    /// <param name="body">The message's body.</param>
    /// <param name="cancellationToken">Stops the run; the message comes again.</param>
    public async Task<Settlement> ReceiveAsync(string? subject, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        switch (subject)
        {
            case OrderEvent.Confirmed or OrderEvent.Cancelled:
                // No one in this app listens; a receipt or a shipment would start here.
                return new Settlement.Complete();
            case SagaWakeUp.Subject when SagaWakeUp.TryParse(body) is { } wakeUp:
                try
                {
                    return await sagas.AdvanceAsync(wakeUp, cancellationToken) switch
                    {
                        SagaAdvanceOutcome.Waiting { IsLatestWakeUp: true } waiting => Again("The wake-up came before its time", waiting.Until),
                        SagaAdvanceOutcome.HeldElsewhere { IsLatestWakeUp: true } held => Again("Another instance has the order in hand", held.Until),
                        _ => new Settlement.Complete(),
                    };
                }
                catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
                {
                    return new Settlement.Abandon();
                }

            default:
                return new Settlement.DeadLetter("unknown-order-message", $"The orders' queue takes the subjects {SagaWakeUp.Subject}, {OrderEvent.Confirmed} and {OrderEvent.Cancelled}, each with its own body.");
        }
    }

    private Settlement.Abandon Again(string why, DateTimeOffset until) => new() { Why = $"{why}, until {until:O}.", RetryAfter = until - timeProvider.GetUtcNow() };
}
