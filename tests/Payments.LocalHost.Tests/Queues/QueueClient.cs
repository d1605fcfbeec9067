using System.Text;
using Amqp;
using Amqp.Framing;
using Payments.LocalHost.Messaging;
using ServerlessIdempotency.Inbox;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>A client of the broker that is none of the host's.</summary>
internal sealed class QueueClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Connection _connection;
    private readonly Dictionary<string, SenderLink> _senders = [];

    private QueueClient(Connection connection) => _connection = connection;

    public static async Task<QueueClient> ConnectAsync(string connectionString) =>
        new(await new ConnectionFactory().CreateAsync(ServiceBusAddress.Parse(connectionString, "of this test")).WaitAsync(Patience));

    /// <summary>Sends a message and waits until the broker has it.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="session">The session, which keeps the order.</param>
    /// <param name="body">The body.</param>
    /// <param name="messageId">The sender's id; null for one of its own, so that the broker does not drop a duplicate.</param>
    public async Task SendAsync(string queue, string session, string body, string? messageId = null)
    {
        if (!_senders.TryGetValue(queue, out var sender))
        {
            _senders[queue] = sender = new SenderLink(new Session(_connection), $"test-{queue}", queue);
        }

        await sender.SendAsync(new Message
        {
            Properties = new Properties { MessageId = messageId ?? Guid.NewGuid().ToString("N"), GroupId = session, ContentType = "application/cloudevents+json" },
            BodySection = new Data { Binary = Encoding.UTF8.GetBytes(body) },
        }).WaitAsync(Patience);
    }

    /// <summary>Takes the next message of a queue and gives it up, as a consumer does that can't process it.</summary>
    public async Task DeadLetterNextAsync(string queue, string reason, string description)
    {
        await using var session = await AcceptedSession.AcceptNextAsync(_connection, queue, Patience, CancellationToken.None);
        var message = await session!.ReceiveAsync(Patience, CancellationToken.None);
        session.Settle(message!, new Settlement.DeadLetter(reason, description));
    }

    public async ValueTask DisposeAsync() => await _connection.CloseAsync(Patience, null);
}
