using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace LocalServiceBus.Tests.NetLiteClient;

/// <summary>A connection of AMQPNetLite's own client, with what Service Bus adds to AMQP.</summary>
internal sealed class NetLiteBus : IAsyncDisposable
{
    private readonly Connection _connection;

    private NetLiteBus(Connection connection) => _connection = connection;

    public static async Task<NetLiteBus> ConnectAsync(int port) =>
        new(await Connection.Factory.CreateAsync(new Address($"amqp://RootManageSharedAccessKey:SAS_KEY_VALUE@127.0.0.1:{port}")));

    public SenderLink Sender(string queue) => new(new Session(_connection), Guid.NewGuid().ToString("N"), queue);

    public ReceiverLink Receiver(string queue) => new(new Session(_connection), Guid.NewGuid().ToString("N"), PeekLock(new Source { Address = queue }), null);

    /// <summary>Accepts a session by name, or the next one, and tells its name.</summary>
    public async Task<(ReceiverLink Receiver, string SessionId)> AcceptSessionAsync(string queue, string? sessionId)
    {
        var attached = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new Source { Address = queue, FilterSet = new Map { [new Symbol("com.microsoft:session-filter")] = sessionId } };
        var receiver = new ReceiverLink(new Session(_connection), Guid.NewGuid().ToString("N"), PeekLock(source), (_, attach) =>
        {
            var granted = (attach.Source as Source)?.FilterSet?[new Symbol("com.microsoft:session-filter")] as string;
            attached.TrySetResult(granted ?? "refused");
        });
        return (receiver, await attached.Task.WaitAsync(TimeSpan.FromMinutes(10)));
    }

    /// <summary>One request to a queue's management node.</summary>
    public async Task<Message> RequestAsync(string node, string operation, Map body)
    {
        var session = new Session(_connection);
        var replyTo = Guid.NewGuid().ToString("N");
        var sender = new SenderLink(session, $"request-{replyTo}", node);
        var receiver = new ReceiverLink(session, $"reply-{replyTo}", new Attach { Source = new Source { Address = node }, Target = new Target { Address = replyTo } }, null);
        await sender.SendAsync(new Message
        {
            Properties = new Properties { MessageId = replyTo, ReplyTo = replyTo },
            ApplicationProperties = new ApplicationProperties { ["operation"] = operation },
            BodySection = new AmqpValue { Value = body },
        });
        var response = await receiver.ReceiveAsync(TimeSpan.FromMinutes(10));
        receiver.Accept(response);
        await session.CloseAsync();
        Assert.Equal(replyTo, response.Properties.CorrelationId);
        return response;
    }

    public async ValueTask DisposeAsync() => await _connection.CloseAsync();

    private static Attach PeekLock(Source source) => new()
    {
        Source = source,
        Target = new Target { Address = "consumer" },
        SndSettleMode = SenderSettleMode.Unsettled,
        RcvSettleMode = ReceiverSettleMode.Second,
    };
}
