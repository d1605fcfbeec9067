using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Payments.Functions.ServiceBus;
using Payments.Queues;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.ServiceBus;

namespace Payments.Functions.Queues;

/// <summary>The queues, each in the order of its sessions and settled here: the host completes nothing by itself.</summary>
public sealed class QueueFunctions(QueueMessages messages)
{
    private const string Connection = ServiceBusBuilderExtensions.Setting;

    [Function(nameof(ReceivePayment))]
    public Task ReceivePayment(
        [ServiceBusTrigger(PaymentsQueues.Payments, Connection = Connection, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(PaymentsQueues.Payments, message, actions, cancellationToken);

    [Function(nameof(ReceivePaymentEvent))]
    public Task ReceivePaymentEvent(
        [ServiceBusTrigger(PaymentsQueues.PaymentEvents, Connection = Connection, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(PaymentsQueues.PaymentEvents, message, actions, cancellationToken);

    [Function(nameof(ReceiveOrder))]
    public Task ReceiveOrder(
        [ServiceBusTrigger(PaymentsQueues.Orders, Connection = Connection, IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => ReceiveAsync(PaymentsQueues.Orders, message, actions, cancellationToken);

    private async Task ReceiveAsync(string queue, ServiceBusReceivedMessage message, ServiceBusMessageActions actions, CancellationToken cancellationToken)
    {
        // Not by the host's token: what is committed is to be settled even while the host stops, or it only comes again.
        switch (await messages.ReceiveAsync(queue, message.ToInboundMessage(), cancellationToken))
        {
            case Settlement.Complete:
                await actions.CompleteMessageAsync(message, CancellationToken.None);
                break;
            case Settlement.DeadLetter letter:
                await actions.DeadLetterMessageAsync(message, propertiesToModify: null, letter.Reason, letter.Description, CancellationToken.None);
                break;
            default:
                await actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None);
                break;
        }
    }
}
