using Payments.Queues;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.ServiceBus;

namespace Payments.LocalHost.Messaging;

/// <summary>Connects payments with the broker: the sender of the outbox, a consumer for each queue, and the dead letters.</summary>
internal static class MessagingBuilderExtensions
{
    public static IdempotencyBuilder AddMessaging(this IdempotencyBuilder builder, LocalBroker broker)
    {
        builder.AddServiceBus(broker.Connection);
        builder.Services.AddHostedService<CareLoop>();
        foreach (var queue in PaymentsQueues.All)
        {
            builder.AddServiceBusConsumer(
                queue,
                services =>
                {
                    var messages = services.GetRequiredService<QueueMessages>();
                    return (message, cancellationToken) => messages.ReceiveAsync(queue, message, cancellationToken);
                },

                // A round trip to a broker on this machine takes far less, and with many accounts and orders the next session is waiting.
                options => options.SessionIdleTimeout = TimeSpan.FromMilliseconds(20));
        }

        return builder;
    }
}
