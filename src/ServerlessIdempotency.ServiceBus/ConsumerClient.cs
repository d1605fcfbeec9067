using Azure.Messaging.ServiceBus;

namespace ServerlessIdempotency.ServiceBus;

/// <summary>The connection that consumers share, apart from the one that sends: a queue that is full of messages must not delay a send.</summary>
internal sealed class ConsumerClient(ServiceBusConnection connection) : IAsyncDisposable
{
    public ServiceBusClient Client { get; } = connection.CreateConsumerClient();

    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
