using Azure.Messaging.ServiceBus;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>A client of the broker that is none of the host's.</summary>
internal sealed class QueueClient : IAsyncDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    private readonly ServiceBusClient _client;
    private readonly Dictionary<string, ServiceBusSender> _senders = [];

    private QueueClient(string connectionString) => _client = new ServiceBusClient(connectionString);

    public static Task<QueueClient> ConnectAsync(string connectionString) => Task.FromResult(new QueueClient(connectionString));

    /// <summary>Sends a message and waits until the broker has it.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="session">The session, which keeps the order.</param>
    /// <param name="body">The body.</param>
    /// <param name="messageId">The sender's id; null for one of its own, so that the broker does not drop a duplicate.</param>
    public Task SendAsync(string queue, string session, string body, string? messageId = null)
    {
        if (!_senders.TryGetValue(queue, out var sender))
        {
            _senders[queue] = sender = _client.CreateSender(queue);
        }

        return sender.SendMessageAsync(new ServiceBusMessage(body)
        {
            MessageId = messageId ?? Guid.NewGuid().ToString("N"),
            SessionId = session,
            ContentType = "application/cloudevents+json",
        });
    }

    /// <summary>Takes the next message of a queue and gives it up, as a consumer does that can't process it.</summary>
    public async Task DeadLetterNextAsync(string queue, string reason, string description)
    {
        await using var receiver = await _client.AcceptNextSessionAsync(queue);
        var message = await receiver.ReceiveMessageAsync(MaxWait);
        await receiver.DeadLetterMessageAsync(message, reason, description);
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
