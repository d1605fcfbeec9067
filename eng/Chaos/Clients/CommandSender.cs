using System.Globalization;
using Amqp;
using Amqp.Framing;
using Chaos.Randomness;

namespace Chaos.Clients;

/// <summary>Sends payment commands to the queue, as CloudEvents whose id is the key, each until the broker has taken it; so one may well arrive twice.</summary>
internal sealed class CommandSender(int brokerPort, Story story) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1);
    private Connection? _connection;
    private SenderLink? _link;

    public async Task SendAsync(PaymentIntent intent, int copies, Random random)
    {
        for (var copy = 0; copy < copies; copy++)
        {
            await SendAsync(intent);
            story.CountQueued();
            await Task.Delay(random.Between(0, 200));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { IsClosed: false } connection)
        {
            await connection.CloseAsync(Patience, null);
        }

        _gate.Dispose();
    }

    private async Task SendAsync(PaymentIntent intent)
    {
        while (true)
        {
            try
            {
                await (await LinkAsync()).SendAsync(MessageOf(intent), Patience);
                return;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // Whatever AMQPNetLite makes of a broker that is killed and a connection that is cut, cancellations that nobody asked for included: it is sent again.
                await Task.Delay(Random.Shared.Next(50, 300));
            }
        }
    }

    private static Message MessageOf(PaymentIntent intent) => new()
    {
        Header = new Header { Durable = true },
        Properties = new Properties { MessageId = Guid.NewGuid().ToString("N"), GroupId = $"local~{intent.Account}", ContentType = "application/cloudevents+json", Subject = "payment.create" },
        BodySection = new Data
        {
            Binary = System.Text.Encoding.UTF8.GetBytes(
                $$"""{"specversion":"1.0","id":"{{intent.Create.Key}}","source":"/chaos","type":"payment.create","datacontenttype":"application/json","data":{{intent.Create.Body}}}"""),
        },
    };

    private async Task<SenderLink> LinkAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_connection is not { IsClosed: false })
            {
                _connection = await new ConnectionFactory()
                    .CreateAsync(new Address(string.Create(CultureInfo.InvariantCulture, $"amqp://RootManageSharedAccessKey:SAS_KEY_VALUE@127.0.0.1:{brokerPort}"))).WaitAsync(Patience);
                _link = null;
            }

            return _link is { IsClosed: false } link ? link : _link = new SenderLink(new Session(_connection), $"chaos-{Guid.NewGuid():N}", "payments");
        }
        finally
        {
            _gate.Release();
        }
    }
}
