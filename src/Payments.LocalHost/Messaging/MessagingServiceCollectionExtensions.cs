using Amqp;
using Payments.DeadLetters;
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
        services.AddHostedService<OrderResumptionLoop>();
        foreach (var queue in PaymentsQueues.All)
        {
            services.AddSingleton<IHostedService>(provider => new AmqpQueueReceiver(
                queue, provider.GetRequiredService<QueueMessages>(), address, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AmqpQueueReceiver>>()));
        }
    }
}
