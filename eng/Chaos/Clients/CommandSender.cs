using Azure.Messaging.ServiceBus;
using Chaos.Randomness;

namespace Chaos.Clients;

/// <summary>Sends payment commands to the queue, as CloudEvents whose id is the key, each until the broker has taken it; so one may well arrive twice.</summary>
internal sealed class CommandSender : IAsyncDisposable
{
    private readonly Story _story;
    private readonly ServiceBusClient _client;
    private readonly ServiceBusSender _sender;

    public CommandSender(int brokerPort, Story story)
    {
        _story = story;
        _client = BrokerClient.Connect(brokerPort, TimeSpan.FromSeconds(5));
        _sender = _client.CreateSender("payments");
    }

    public async Task SendAsync(PaymentIntent intent, int copies, Random random)
    {
        for (var copy = 0; copy < copies; copy++)
        {
            await SendAsync(intent);
            _story.CountQueued();
            await Task.Delay(random.Between(0, 200));
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task SendAsync(PaymentIntent intent)
    {
        while (true)
        {
            try
            {
                await _sender.SendMessageAsync(MessageOf(intent));
                return;
            }
            catch (Exception exception) when (exception is ServiceBusException or TimeoutException or OperationCanceledException)
            {
                // A broker that is killed and a connection that is cut, which the client may call a cancellation: it is sent again.
                await Task.Delay(Random.Shared.Next(50, 300));
            }
        }
    }

    private static ServiceBusMessage MessageOf(PaymentIntent intent) => new(
        $$"""{"specversion":"1.0","id":"{{intent.Create.Key}}","source":"/chaos","type":"payment.create","datacontenttype":"application/json","data":{{intent.Create.Body}}}""")
    {
        MessageId = Guid.NewGuid().ToString("N"),
        SessionId = $"local~{intent.Account}",
        ContentType = "application/cloudevents+json",
        Subject = "payment.create",
    };
}
