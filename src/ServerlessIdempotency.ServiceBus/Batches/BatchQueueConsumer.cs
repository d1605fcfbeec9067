using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.ServiceBus.Batches;

/// <summary>Consumes one queue in batches for as long as the app runs, and takes the broker's absence as a matter of time.</summary>
internal sealed class BatchQueueConsumer(
    string queue, MessageBatchConsumer consumer, ServiceBusBatchConsumerOptions options, ConsumerClient client, TimeProvider timeProvider, ILogger<BatchQueueConsumer> logger) : BackgroundService
{
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(1);

    private readonly ReceiveErrors _errors = new(queue, logger);
    private readonly ReceivedBatch _batch = new(queue, consumer, timeProvider, logger);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Concurrency).Select(_ => Task.Run(() => ReceiveAsync(stoppingToken), CancellationToken.None)));

    private async Task ReceiveAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var receiver = options.HasSessions
                    ? await client.Client.AcceptNextSessionAsync(queue, cancellationToken: stoppingToken)
                    : client.Client.CreateReceiver(queue);
                while (await ReceiveBatchAsync(receiver, stoppingToken))
                {
                }
            }
            catch (ServiceBusException exception) when (exception.Reason == ServiceBusFailureReason.ServiceTimeout)
            {
                // No session has messages.
            }
            catch (Exception exception)
            {
                if (!stoppingToken.IsCancellationRequested)
                {
                    _errors.Failed(exception);
                    await Task.Delay(PauseAfterError, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    /// <returns>Whether the receiver is to be used further.</returns>
    private async Task<bool> ReceiveBatchAsync(ServiceBusReceiver receiver, CancellationToken stoppingToken)
    {
        var messages = await receiver.ReceiveMessagesAsync(options.MaxMessages, options.MaxWait, stoppingToken);
        var session = receiver as ServiceBusSessionReceiver;
        if (messages.Count == 0)
        {
            return session is null;
        }

        _errors.Received();
        var lockedUntil = session?.SessionLockedUntil ?? messages.Min(message => message.LockedUntil);
        if (!await _batch.ConsumeAsync(receiver, messages, lockedUntil, stoppingToken))
        {
            // What is not settled is locked as long as the session is: closed, it is free and uncounted.
            return session is null;
        }

        if (session is not null)
        {
            await session.RenewSessionLockAsync(stoppingToken);
        }

        return true;
    }
}
