using Payments.Orders;
using ServerlessIdempotency.Inbox;

namespace Payments.Queues;

/// <summary>Takes in what comes from the queues, in every host the same: which consumer a queue has. What a failure is worth is the library's to say.</summary>
public sealed class QueueMessages
{
    private readonly PaymentCommandConsumer _commands;
    private readonly PaymentEventConsumer _events;
    private readonly OrderMessages _orders;
    private readonly RedeliveryPolicy _redelivery;

    internal QueueMessages(PaymentCommandConsumer commands, PaymentEventConsumer events, OrderMessages orders, RedeliveryPolicy redelivery)
    {
        _commands = commands;
        _events = events;
        _orders = orders;
        _redelivery = redelivery;
    }

    /// <summary>Takes a message in and says how it is settled.</summary>
    /// <param name="queue">One of <see cref="PaymentsQueues.All"/>.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <exception cref="OperationCanceledException">The host stops: give the message back untouched.</exception>
    public Task<Settlement> ReceiveAsync(string queue, InboundMessage message, CancellationToken cancellationToken) =>
        _redelivery.ConsumeAsync(queue, message, token => ConsumeAsync(queue, message, token), cancellationToken);

    private Task<Settlement> ConsumeAsync(string queue, InboundMessage message, CancellationToken cancellationToken) => queue switch
    {
        PaymentsQueues.Payments => _commands.ConsumeAsync(message, cancellationToken),
        PaymentsQueues.PaymentEvents => _events.ConsumeAsync(message, cancellationToken),
        PaymentsQueues.Orders => _orders.ReceiveAsync(message.Subject, message.Body, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(queue), queue, "The app has no such queue."),
    };
}
