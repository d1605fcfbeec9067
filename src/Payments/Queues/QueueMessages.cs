using Payments.Orders;
using ServerlessIdempotency.Inbox;

namespace Payments.Queues;

/// <summary>Takes in what comes from the queues, in every host the same: which consumer a queue has. What a failure is worth is the library's to say.</summary>
/// <param name="commands">The consumer of <see cref="PaymentsQueues.Payments"/>.</param>
/// <param name="events">The consumer of <see cref="PaymentsQueues.PaymentEvents"/>.</param>
/// <param name="orders">The consumer of <see cref="PaymentsQueues.Orders"/>.</param>
/// <param name="redelivery">Pauses before a message comes again, and the last delivery.</param>
public sealed class QueueMessages(PaymentCommandConsumer commands, PaymentEventConsumer events, OrderMessages orders, RedeliveryPolicy redelivery)
{
    /// <summary>Takes a message in and says how it is settled.</summary>
    /// <param name="queue">One of <see cref="PaymentsQueues.All"/>.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <exception cref="OperationCanceledException">The host stops: give the message back untouched.</exception>
    public Task<Settlement> ReceiveAsync(string queue, InboundMessage message, CancellationToken cancellationToken) =>
        redelivery.ConsumeAsync(queue, message, token => ConsumeAsync(queue, message, token), cancellationToken);

    private Task<Settlement> ConsumeAsync(string queue, InboundMessage message, CancellationToken cancellationToken) => queue switch
    {
        PaymentsQueues.Payments => commands.ConsumeAsync(message, cancellationToken),
        PaymentsQueues.PaymentEvents => events.ConsumeAsync(message, cancellationToken),
        PaymentsQueues.Orders => orders.ReceiveAsync(message.Subject, message.Body, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(queue), queue, "The app has no such queue."),
    };
}
