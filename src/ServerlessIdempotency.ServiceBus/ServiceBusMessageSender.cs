using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Outbox;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>Sends the outbox's messages to Service Bus, by one sender for each queue, which connects again by itself.</summary>
internal sealed class ServiceBusMessageSender(ServiceBusClient client) : IMessageSender, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ServiceBusSender> _senders = new(StringComparer.Ordinal);

    public async Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await _senders.GetOrAdd(message.Queue, client.CreateSender).SendMessageAsync(message.ToServiceBusMessage(), cancellationToken);
            return new SendOutcome.Sent();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            return SendFailure.ToOutcome(exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sender in _senders.Values)
        {
            await sender.DisposeAsync();
        }
    }
}
