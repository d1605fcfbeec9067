using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Inbox.DeadLetters;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.ServiceBus.Batches;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>Connects an app with Service Bus.</summary>
public static class ServiceBusIdempotencyExtensions
{
    /// <summary>
    /// Adds the sender of the outbox, the dead letters (<see cref="IDeadLetters"/>), and the <c>ServiceBusClient</c> that both use. Sessions, schedules and duplicate
    /// detection are those of the queues.
    /// </summary>
    /// <param name="builder">What <c>AddIdempotency</c> returned.</param>
    /// <param name="connection">How to reach the broker.</param>
    public static IdempotencyBuilder AddServiceBus(this IdempotencyBuilder builder, ServiceBusConnection connection)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connection);
        builder.Services.AddSingleton(connection);
        builder.Services.AddSingleton(_ => connection.CreateClient());
        builder.Services.AddSingleton<ConsumerClient>();
        builder.Services.AddSingleton<IMessageSender, ServiceBusMessageSender>();
        builder.Services.AddSingleton<IDeadLetters, ServiceBusDeadLetters>();
        return builder;
    }

    /// <summary>
    /// Consumes a queue for as long as the app runs: each message is settled as its consumer says, locks are renewed meanwhile, and the broker may go away and come
    /// back. For hosts that have no triggers of their own; <see cref="AddServiceBus"/> goes before it.
    /// </summary>
    /// <param name="builder">What <c>AddIdempotency</c> returned.</param>
    /// <param name="queue">The queue's name.</param>
    /// <param name="consumer">Makes the consumer. One that throws leaves its message abandoned.</param>
    /// <param name="configure">Changes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IdempotencyBuilder AddServiceBusConsumer(
        this IdempotencyBuilder builder, string queue, Func<IServiceProvider, MessageConsumer> consumer, Action<ServiceBusConsumerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentNullException.ThrowIfNull(consumer);
        var options = new ServiceBusConsumerOptions();
        configure?.Invoke(options);
        options.ThrowIfInvalid();
        builder.Services.AddSingleton<IHostedService>(services => new QueueConsumer(
            queue, consumer(services), options, services.GetRequiredService<ConsumerClient>(), services.GetRequiredService<ILogger<QueueConsumer>>()));
        return builder;
    }

    /// <summary>
    /// Consumes a queue in batches for as long as the app runs, and settles each message by itself. Where one of a session comes again, its session is closed, which gives back
    /// what is behind it uncounted; without sessions the broker counts. For hosts that have no triggers of their own; <see cref="AddServiceBus"/> goes before it.
    /// </summary>
    /// <param name="builder">What <c>AddIdempotency</c> returned.</param>
    /// <param name="queue">The queue's name.</param>
    /// <param name="consumer">
    /// Makes the consumer, mostly of <c>MessageInbox.ExecuteBatchAsync</c> within <c>RedeliveryPolicy.ConsumeBatchAsync</c>. Its token ends at three quarters of the locks'
    /// time, since they are not renewed. One that throws leaves its messages abandoned.
    /// </param>
    /// <param name="configure">Changes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IdempotencyBuilder AddServiceBusBatchConsumer(
        this IdempotencyBuilder builder, string queue, Func<IServiceProvider, MessageBatchConsumer> consumer, Action<ServiceBusBatchConsumerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(queue);
        ArgumentNullException.ThrowIfNull(consumer);
        var options = new ServiceBusBatchConsumerOptions();
        configure?.Invoke(options);
        options.ThrowIfInvalid();
        builder.Services.AddSingleton<IHostedService>(services => new BatchQueueConsumer(
            queue,
            consumer(services),
            options,
            services.GetRequiredService<ConsumerClient>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<BatchQueueConsumer>>()));
        return builder;
    }
}
