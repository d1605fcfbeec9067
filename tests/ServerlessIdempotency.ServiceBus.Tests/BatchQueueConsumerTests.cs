using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.ServiceBus.Tests;

/// <summary>Batches by the official client on the local broker, applied by the inbox.</summary>
public sealed class BatchQueueConsumerTests : IAsyncLifetime
{
    private static readonly PartitionAddress Account = new("Business", "account");

    private readonly Channel<string> _settled = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<(string Id, int DeliveryCount)> _delivered = new();
    private readonly ConcurrentQueue<int> _batches = new();
    private readonly InMemory.InMemoryRowStore _store = new();
    private readonly ConcurrentDictionary<string, bool> _failing = new();
    private readonly ConcurrentQueue<string> _applied = new();
    private int _maxMessages = 100;
    private Bus _bus = null!;

    public async Task InitializeAsync() => _bus = await Bus.StartAsync();

    public async Task DisposeAsync() => await _bus.DisposeAsync();

    [Theory]
    [InlineData(Bus.Sessions)]
    [InlineData(Bus.Plain)]
    public async Task A_batch_is_applied_together_and_each_message_settled_by_itself(string queue)
    {
        await SendAsync(queue, "s", [.. Enumerable.Range(1, 40).Select(number => ($"m-{number}", 1)), ("reject", 0), ("last", 1)]);
        await using var consuming = await ConsumeAsync(queue);
        await SettledAsync(42);

        Assert.Equal(41, await CountAsync("entry|"));
        Assert.Equal(41, await CountAsync("event|"));
        Assert.Contains(_batches, count => count > 1);
        await EmptyAsync(queue);
        var letter = Assert.Single(await _bus.DeadLetters.ListAsync(queue, default));
        Assert.Equal(("reject", "Nothing"), (letter.MessageId!, letter.Reason!));
    }

    [Theory]
    [InlineData(Bus.Sessions)]
    [InlineData(Bus.Plain)]
    public async Task What_was_applied_but_not_settled_is_a_duplicate_and_completed(string queue)
    {
        (string, int)[] messages = [.. Enumerable.Range(1, 10).Select(number => ($"m-{number}", 1))];
        await using (var inbox = Services(queue))
        {
            var applied = await inbox.GetRequiredService<MessageInbox>().ExecuteBatchAsync([.. messages.Take(6).Select(message => Delivery(message.Item1))], _ => Account, EnterAsync, default);
            Assert.All(applied, outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        }

        await SendAsync(queue, "s", messages);
        await using var consuming = await ConsumeAsync(queue);
        await SettledAsync(10);
        Assert.Equal(10, await CountAsync("entry|"));
        await EmptyAsync(queue);
    }

    [Fact]
    public async Task A_failed_message_counts_and_what_is_behind_it_in_its_session_comes_again_uncounted_and_in_order()
    {
        _failing["b"] = true;
        await SendAsync(Bus.Sessions, "s", ("a", 1), ("b", 1), ("c", 1), ("d", 1));
        await using var consuming = await ConsumeAsync(Bus.Sessions);
        await SettledAsync(4);

        Assert.Equal([("a", 1), ("b", 1), ("c", 1), ("d", 1), ("b", 2), ("c", 1), ("d", 1)], _delivered);
        Assert.Equal(4, await CountAsync("entry|"));
        await EmptyAsync(Bus.Sessions);
    }

    // Guards that the session is closed: kept, it would go on with what was not received yet, past what is held back.
    [Fact]
    public async Task What_is_not_received_yet_does_not_overtake_what_is_held_back()
    {
        _maxMessages = 3;
        _failing["b"] = true;
        await SendAsync(Bus.Sessions, "s", ("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1));
        await using var consuming = await ConsumeAsync(Bus.Sessions);
        await SettledAsync(5);
        Assert.Equal(["a", "b", "c", "d", "e"], _applied.Distinct());
    }

    [Fact]
    public async Task A_failed_message_holds_back_no_other_session()
    {
        _failing["s-1"] = true;
        await SendAsync(Bus.Sessions, "s", ("s-1", 1), ("s-2", 1));
        await SendAsync(Bus.Sessions, "t", ("t-1", 1), ("t-2", 1));
        await using var consuming = await ConsumeAsync(Bus.Sessions);
        await SettledAsync(4);
        Assert.Equal(1, _delivered.Count(delivered => delivered.Id == "t-1"));
        Assert.Equal(2, _delivered.Count(delivered => delivered.Id == "s-1"));
        Assert.Equal(4, await CountAsync("entry|"));
    }

    [Fact]
    public async Task Without_sessions_a_failed_message_comes_again_alone()
    {
        _failing["b"] = true;
        await SendAsync(Bus.Plain, "", ("a", 1), ("b", 1), ("c", 1));
        await using var consuming = await ConsumeAsync(Bus.Plain);
        await SettledAsync(3);
        Assert.Equal([("a", 1), ("b", 1), ("b", 2), ("c", 1)], _delivered.Order());
        await EmptyAsync(Bus.Plain);
    }

    [Fact]
    public async Task A_consumer_that_throws_gets_its_messages_again()
    {
        var thrown = 0;
        await SendAsync(Bus.Sessions, "s", ("a", 1), ("b", 1));
        await using var consuming = await ConsumeAsync(Bus.Sessions, _ => Interlocked.Exchange(ref thrown, 1) == 0 ? throw new InvalidOperationException("on fire") : 0);
        await SettledAsync(2);
        Assert.Equal([("a", 1), ("b", 1), ("a", 2), ("b", 1)], _delivered);
    }

    private async Task<IAsyncDisposable> ConsumeAsync(string queue, Func<int, int>? before = null)
    {
        var services = Services(queue, before);
        foreach (var hosted in services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(default);
        }

        return new Stopping(services);
    }

    private ServiceProvider Services(string queue, Func<int, int>? before = null) => new ServiceCollection().AddLogging().AddSingleton<IRowStore>(_store)
        .AddIdempotency()
        .AddInbox(options => options.FirstRedeliveryPause = TimeSpan.FromMilliseconds(1))
        .AddServiceBus(ServiceBusConnection.FromConnectionString(_bus.ConnectionString))
        .AddServiceBusBatchConsumer(
            queue,
            services => (messages, cancellationToken) => ConsumeAsync(services, messages, before, cancellationToken),
            options => (options.HasSessions, options.MaxWait, options.Concurrency, options.MaxMessages) = (queue == Bus.Sessions, TimeSpan.FromMilliseconds(20), 2, _maxMessages))
        .Services.BuildServiceProvider();

    private async Task<IReadOnlyList<Settlement>> ConsumeAsync(IServiceProvider services, IReadOnlyList<InboundMessage> messages, Func<int, int>? before, CancellationToken cancellationToken)
    {
        _batches.Enqueue(messages.Count);
        foreach (var message in messages)
        {
            _delivered.Enqueue((message.MessageId!, message.DeliveryCount));
        }

        before?.Invoke(messages.Count);
        var settlements = await services.GetRequiredService<RedeliveryPolicy>().ConsumeBatchAsync(
            "entries",
            messages,
            async token => [.. (await services.GetRequiredService<MessageInbox>().ExecuteBatchAsync(
                [.. messages.Select(message => new InboxDelivery("entries", message))], _ => Account, EnterAsync, token)).Select(outcome => outcome.ToSettlement())],
            cancellationToken);
        foreach (var (message, settlement) in messages.Zip(settlements))
        {
            if (settlement is Settlement.Complete or Settlement.DeadLetter)
            {
                await _settled.Writer.WriteAsync(message.MessageId!, CancellationToken.None);
            }
        }

        return settlements;
    }

    // An amount of 0 is rejected; what is failing fails once.
    private Task<InboxDecision> EnterAsync(InboxContext context, CancellationToken cancellationToken)
    {
        var id = context.Delivery.Message.MessageId!;
        if (_failing.TryRemove(id, out _))
        {
            throw new InvalidOperationException("on fire");
        }

        _applied.Enqueue(id);
        return Task.FromResult<InboxDecision>(Encoding.UTF8.GetString(context.Payload.Span) == "0"
            ? new InboxDecision.Reject("Nothing", "It is nothing.")
            : new InboxDecision.Apply { Rows = [RowWrite.Insert($"entry|{id}", new Dictionary<string, object>())] });
    }

    private static InboxDelivery Delivery(string id) => new("entries", new InboundMessage("1"u8.ToArray()) { MessageId = id });

    private async Task SettledAsync(int count)
    {
        for (var settled = 0; settled < count; settled++)
        {
            await _settled.Reader.ReadAsync().AsTask().WaitAsync(Bus.MaxWait);
        }
    }

    private async Task<int> CountAsync(string prefix)
    {
        var count = 0;
        await foreach (var _ in _store.QueryAsync(new RowQuery(Account, prefix), default))
        {
            count++;
        }

        return count;
    }

    private async Task EmptyAsync(string queue)
    {
        await using var receiver = _bus.Client.CreateReceiver(queue);
        using var timeout = new CancellationTokenSource(Bus.MaxWait);
        while (await receiver.PeekMessageAsync(0, timeout.Token) is not null)
        {
        }
    }

    private async Task SendAsync(string queue, string session, params (string Id, int Amount)[] messages)
    {
        await using var sender = _bus.Client.CreateSender(queue);
        await sender.SendMessagesAsync(messages.Select(message =>
        {
            var sent = new ServiceBusMessage(message.Amount.ToString(CultureInfo.InvariantCulture)) { MessageId = message.Id };
            if (queue == Bus.Sessions)
            {
                sent.SessionId = session;
            }

            return sent;
        }));
    }

    private sealed class Stopping(ServiceProvider services) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var hosted in services.GetServices<IHostedService>())
            {
                await hosted.StopAsync(default);
            }

            await services.DisposeAsync();
        }
    }
}
