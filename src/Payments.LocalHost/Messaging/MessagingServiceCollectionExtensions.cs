using Amqp;
using Payments.DeadLetters;
using Payments.Orders;
using Payments.Queues;
using ServerlessIdempotency.Outbox;

namespace Payments.LocalHost.Messaging;

/// <summary>Connects payments with the broker: the sender of the outbox, a receiver for each queue, and the dead letters.</summary>
internal static class MessagingServiceCollectionExtensions
{
    public static void AddMessaging(this IServiceCollection services, Address address)
    {
        services.AddSingleton(_ => new BusConnection(address));
        services.AddSingleton<IMessageSender, AmqpMessageSender>();
        services.AddSingleton<IDeadLetters, AmqpDeadLetters>();
        services.AddReceiver(address, provider => new QueueConsumer(PaymentsQueues.Payments, provider.GetRequiredService<PaymentCommandConsumer>().ConsumeAsync));
        services.AddReceiver(address, provider => new QueueConsumer(PaymentsQueues.PaymentEvents, provider.GetRequiredService<PaymentEventConsumer>().ConsumeAsync));
        services.AddReceiver(address, provider =>
        {
            var orders = provider.GetRequiredService<OrderMessages>();
            return new QueueConsumer(PaymentsQueues.Orders, (message, cancellationToken) => orders.ReceiveAsync(message.Subject, message.Body, cancellationToken));
        });
    }

    private static void AddReceiver(this IServiceCollection services, Address address, Func<IServiceProvider, QueueConsumer> consumer) =>
        services.AddSingleton<IHostedService>(provider => new AmqpQueueReceiver(
            consumer(provider), address, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AmqpQueueReceiver>>()));
}
