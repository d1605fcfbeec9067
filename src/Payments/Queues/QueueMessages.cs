using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Payments.Orders;
using ServerlessIdempotency.Inbox;

namespace Payments.Queues;

/// <summary>
/// Takes in what comes from the queues, in every home the same: which consumer a queue has, what a failure is worth, and when a message has failed for good.
/// </summary>
/// <param name="commands">The consumer of <see cref="PaymentsQueues.Payments"/>.</param>
/// <param name="events">The consumer of <see cref="PaymentsQueues.PaymentEvents"/>.</param>
/// <param name="orders">The consumer of <see cref="PaymentsQueues.Orders"/>.</param>
/// <param name="inbox">Says after how many deliveries the broker gives up.</param>
/// <param name="timeProvider">The clock that pauses are taken from.</param>
/// <param name="logger">The log.</param>
public sealed class QueueMessages(
    PaymentCommandConsumer commands,
    PaymentEventConsumer events,
    OrderMessages orders,
    IOptions<InboxOptions> inbox,
    TimeProvider timeProvider,
    ILogger<QueueMessages> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Takes a message in and says how it is settled. A message to be given back is held for a pause that grows with its deliveries, since the broker brings it
    /// again at once; at its last delivery it is a dead letter, with a reason of ours rather than the broker's count.
    /// </summary>
    /// <param name="queue">One of <see cref="PaymentsQueues.All"/>.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The home stops.</param>
    /// <exception cref="OperationCanceledException">The home stops: give the message back untouched.</exception>
    public async Task<Settlement> ReceiveAsync(string queue, InboundMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        Exception? failure = null;
        Settlement settlement;
        try
        {
            settlement = await ConsumeAsync(queue, message, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            logger.ConsumerFailed(message.MessageId, queue, message.DeliveryCount, exception);
            failure = exception;
            settlement = new Settlement.Abandon();
        }

        if (settlement is Settlement.Abandon)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (message.DeliveryCount >= inbox.Value.Rules.MaxDeliveryCount)
            {
                settlement = GivenUp(message, failure);
            }
            else
            {
                await Task.Delay(PauseAfter(message.DeliveryCount), timeProvider, cancellationToken);
            }
        }

        if (settlement is Settlement.DeadLetter deadLetter)
        {
            logger.DeadLettered(message.MessageId, queue, deadLetter.Reason, deadLetter.Description);
        }

        return settlement;
    }

    private Task<Settlement> ConsumeAsync(string queue, InboundMessage message, CancellationToken cancellationToken) => queue switch
    {
        PaymentsQueues.Payments => commands.ConsumeAsync(message, cancellationToken),
        PaymentsQueues.PaymentEvents => events.ConsumeAsync(message, cancellationToken),
        PaymentsQueues.Orders => orders.ReceiveAsync(message.Subject, message.Body, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(queue), queue, "The app has no such queue."),
    };

    private Settlement.DeadLetter GivenUp(InboundMessage message, Exception? failure) => new(
        RejectionReason.DeliveriesExhausted,
        $"Delivery {message.DeliveryCount} of {inbox.Value.Rules.MaxDeliveryCount} was given back like those before it{(failure is null ? "" : $" ({failure.GetType().Name})")}; the log says why. "
            + "Mend the cause and resubmit it: what was applied of it after all is not applied again.");

    private static TimeSpan PauseAfter(int deliveries)
    {
        // Beyond a few doublings it is the longest one anyway, and must not overflow.
        var pause = FirstPause * Math.Pow(2, Math.Clamp(deliveries - 1, 0, 10));
        return pause < LongestPause ? pause : LongestPause;
    }
}
