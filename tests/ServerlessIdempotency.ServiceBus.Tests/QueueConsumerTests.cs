using System.Collections.Concurrent;
using System.Threading.Channels;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.ServiceBus.Tests;

public sealed class QueueConsumerTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<InboundMessage> _received = new();
    private readonly Channel<InboundMessage> _arrived = Channel.CreateUnbounded<InboundMessage>();
    private Bus _bus = null!;

    public async Task InitializeAsync() => _bus = await Bus.StartAsync();

    public async Task DisposeAsync() => await _bus.DisposeAsync();

    [Theory]
    [InlineData(Bus.Sessions)]
    [InlineData(Bus.Plain)]
    public async Task A_message_is_settled_as_its_consumer_says(string queue)
    {
        await using var consuming = await ConsumeAsync(queue, message => message.Subject switch
        {
            "reject" => new Settlement.DeadLetter("Unknown", "Nobody knows it."),
            "later" when message.DeliveryCount == 1 => new Settlement.Abandon(),
            _ => new Settlement.Complete(),
        });

        await SendAsync(queue, ("m-1", "done"), ("m-2", "later"), ("m-3", "reject"));
        await ArrivedAsync(4);

        Assert.Equal([("m-1", 1), ("m-2", 1), ("m-2", 2), ("m-3", 1)], _received.Select(message => (message.MessageId!, message.DeliveryCount)).Order());
        await EmptyAsync(queue);
        var letter = Assert.Single(await _bus.DeadLetters.ListAsync(queue, default));
        Assert.Equal(("m-3", "Unknown", "Nobody knows it."), (letter.MessageId!, letter.Reason!, letter.Description!));
    }

    [Fact]
    public async Task The_messages_of_a_session_come_in_order_one_at_a_time_and_sessions_beside_each_other()
    {
        var both = new CountdownEvent(2);
        await using var consuming = await ConsumeAsync(Bus.Sessions, message =>
        {
            if (message.MessageId is "a-1" or "b-1")
            {
                // Neither goes on before the other one has come.
                both.Signal();
                Assert.True(both.Wait(Bus.MaxWait));
            }

            return new Settlement.Complete();
        });

        await SendAsync("a", "a-1", "a-2", "a-3");
        await SendAsync("b", "b-1", "b-2");
        await ArrivedAsync(5);

        Assert.Equal(["a-1", "a-2", "a-3"], _received.Where(message => message.SessionId == "a").Select(message => message.MessageId));
        Assert.Equal(["b-1", "b-2"], _received.Where(message => message.SessionId == "b").Select(message => message.MessageId));
    }

    [Fact]
    public async Task More_sessions_than_places_are_all_served()
    {
        await using var consuming = await ConsumeAsync(Bus.Sessions, _ => new Settlement.Complete(), options => options.Concurrency = 2);

        for (var session = 0; session < 9; session++)
        {
            await SendAsync($"s-{session}", $"m-{session}");
        }

        await ArrivedAsync(9);
        Assert.Equal(9, _received.Select(message => message.SessionId).Distinct().Count());
    }

    [Fact]
    public async Task A_consumer_that_throws_gets_its_message_again()
    {
        await using var consuming = await ConsumeAsync(Bus.Sessions, message => message.DeliveryCount == 1 ? throw new InvalidOperationException("on fire") : new Settlement.Complete());

        await SendAsync("s", "m-1");
        await ArrivedAsync(2);

        Assert.Equal([1, 2], _received.Select(message => message.DeliveryCount));
        await EmptyAsync(Bus.Sessions);
    }

    [Fact]
    public async Task A_message_in_hand_while_the_app_stops_comes_again_uncounted()
    {
        var taken = new TaskCompletionSource();
        await using (await ConsumeAsync(Bus.Sessions, async (_, cancellationToken) =>
        {
            taken.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new Settlement.Complete();
        }))
        {
            await SendAsync("s", "m-1");
            await taken.Task.WaitAsync(Bus.MaxWait);
        }

        Assert.Equal(1, (await _bus.ReceiveAsync("s")).DeliveryCount);
    }

    private Task<Consuming> ConsumeAsync(string queue, Func<InboundMessage, Settlement> consumer, Action<ServiceBusConsumerOptions>? configure = null) => ConsumeAsync(
        queue, (message, _) => Task.Run(() => consumer(message)), configure);

    private Task<Consuming> ConsumeAsync(string queue, MessageConsumer consumer) => ConsumeAsync(queue, consumer, configure: null);

    private Task<Consuming> ConsumeAsync(string queue, MessageConsumer consumer, Action<ServiceBusConsumerOptions>? configure) => Consuming.StartAsync(
        _bus,
        queue,
        (message, cancellationToken) =>
        {
            _received.Enqueue(message);
            _arrived.Writer.TryWrite(message);
            return consumer(message, cancellationToken);
        },
        configure);

    private async Task ArrivedAsync(int count)
    {
        for (var arrived = 0; arrived < count; arrived++)
        {
            await _arrived.Reader.ReadAsync().AsTask().WaitAsync(Bus.MaxWait);
        }
    }

    private async Task EmptyAsync(string queue)
    {
        await using var receiver = _bus.Client.CreateReceiver(queue);
        using var timeout = new CancellationTokenSource(Bus.MaxWait);
        while (await receiver.PeekMessageAsync(0, timeout.Token) is not null)
        {
        }
    }

    private Task SendAsync(string session, params string[] ids) => SendAsync(Bus.Sessions, session, ids.Select(id => (id, "told")));

    private Task SendAsync(string queue, params (string Id, string Subject)[] messages) => SendAsync(queue, "s", messages);

    private async Task SendAsync(string queue, string session, IEnumerable<(string Id, string Subject)> messages)
    {
        await using var sender = _bus.Client.CreateSender(queue);
        foreach (var (id, subject) in messages)
        {
            var message = new ServiceBusMessage("{}") { MessageId = id, Subject = subject };
            if (queue == Bus.Sessions)
            {
                message.SessionId = session;
            }

            await sender.SendMessageAsync(message);
        }
    }
}
