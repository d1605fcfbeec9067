using System.Collections;
using System.Globalization;
using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace Chaos.Evidence;

/// <summary>Counts what is in the queues, whatever its state: waiting, locked or scheduled.</summary>
internal sealed class QueueDepths(int brokerPort)
{
    private const int MaxPeek = 1_000;

    private static readonly string[] Queues = ["payments", "payment-events", "orders"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyDictionary<string, int>> CountAsync()
    {
        var connection = await new ConnectionFactory().CreateAsync(new Address(string.Create(CultureInfo.InvariantCulture, $"amqp://RootManageSharedAccessKey:SAS_KEY_VALUE@127.0.0.1:{brokerPort}")));
        try
        {
            var depths = new Dictionary<string, int>();
            foreach (var queue in Queues)
            {
                depths[queue] = await CountAsync(connection, queue);
            }

            return depths;
        }
        finally
        {
            await connection.CloseAsync();
        }
    }

    private static async Task<int> CountAsync(Connection connection, string queue)
    {
        var node = $"{queue}/$management";
        var session = new Session(connection);
        var replyTo = Guid.NewGuid().ToString("N");
        var sender = new SenderLink(session, $"request-{replyTo}", node);
        var receiver = new ReceiverLink(session, $"reply-{replyTo}", new Attach { Source = new Source { Address = node }, Target = new Target { Address = replyTo } }, null);
        await sender.SendAsync(
            new Message
            {
                Properties = new Properties { MessageId = replyTo, ReplyTo = replyTo },
                ApplicationProperties = new ApplicationProperties { ["operation"] = "com.microsoft:peek-message" },
                BodySection = new AmqpValue { Value = new Map { ["from-sequence-number"] = 0L, ["message-count"] = MaxPeek } },
            },
            Patience);
        var response = await receiver.ReceiveAsync(Patience) ?? throw new TimeoutException($"The broker did not say what is in the queue {queue}.");
        receiver.Accept(response);
        var count = (response.Body as Map)?["messages"] is IEnumerable messages ? messages.Cast<object>().Count() : 0;
        await session.CloseAsync();
        return count;
    }
}
