using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Payments.DependencyInjection;
using Payments.Queues;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace Payments.Tests.Queues;

public sealed class QueueMessagesTests : IAsyncDisposable
{
    private const string Command =
        """{"specversion":"1.0","id":"cmd-1","source":"/test","type":"payment.create","data":{"accountId":"acct-1","amount":1250,"currency":"EUR","paymentMethod":"pm_ok"}}""";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly AwayStore _store = new();
    private readonly ServiceProvider _services;

    public QueueMessagesTests()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IRowStore>(_store);
        services.AddSingleton<IMessageSender, RecordingSender>();
        services.Configure<RowWriterOptions>(options => (options.MaxResends, options.ResendDelay) = (0, TimeSpan.Zero));
        services.AddPayments(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Inbox:Rules:MaxDeliveryCount"] = "3" }).Build());
        _services = services.BuildServiceProvider();
    }

    private QueueMessages Messages => _services.GetRequiredService<QueueMessages>();

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Theory]
    [InlineData(PaymentsQueues.Payments, "payment.nonsense", "UnknownType")]
    [InlineData(PaymentsQueues.PaymentEvents, "payment.nonsense", "UnknownType")]
    [InlineData(PaymentsQueues.Orders, "payment.nonsense", "unknown-order-message")]
    public async Task Each_queue_has_its_consumer(string queue, string type, string reason)
    {
        var letter = Assert.IsType<Settlement.DeadLetter>(await Messages.ReceiveAsync(queue, Message(Command.Replace("payment.create", type, StringComparison.Ordinal)), default));

        Assert.Equal(reason, letter.Reason);
        Assert.Contains(queue, letter.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_queue_of_the_app_is_in_the_theory_above()
    {
        var tested = typeof(QueueMessagesTests).GetMethod(nameof(Each_queue_has_its_consumer))!.CustomAttributes
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)[0].Value!);

        Assert.Equal(PaymentsQueues.All.Order(), tested.Order());
    }

    [Fact]
    public async Task A_failing_message_is_given_back_after_growing_pauses_and_dead_lettered_at_the_end()
    {
        _store.IsAway = true;

        for (var delivery = 1; delivery < 3; delivery++)
        {
            var receiving = Messages.ReceiveAsync(PaymentsQueues.Payments, Message(Command, delivery), default);
            _time.Advance(TimeSpan.FromMilliseconds(200 * delivery) - TimeSpan.FromTicks(1));
            Assert.False(receiving.IsCompleted);
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.IsType<Settlement.Abandon>(await receiving);
        }

        // No pause: the clock stands still, so one would last for ever.
        var letter = Assert.IsType<Settlement.DeadLetter>(await Messages.ReceiveAsync(PaymentsQueues.Payments, Message(Command, 3), default).WaitAsync(TimeSpan.FromMinutes(10)));
        Assert.Equal("DeliveriesExhausted", letter.Reason);
        Assert.Contains("Delivery 3 of 3", letter.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_failed_for_a_while_is_completed_once_it_succeeds_and_its_duplicate_too()
    {
        _store.IsAway = true;
        var first = Messages.ReceiveAsync(PaymentsQueues.Payments, Message(Command), default);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.IsType<Settlement.Abandon>(await first);
        _store.IsAway = false;

        Assert.IsType<Settlement.Complete>(await Messages.ReceiveAsync(PaymentsQueues.Payments, Message(Command, 2), default));
        Assert.IsType<Settlement.Complete>(await Messages.ReceiveAsync(PaymentsQueues.Payments, Message(Command, 3), default));
    }

    [Fact]
    public async Task A_host_that_stops_gives_the_message_back_untouched()
    {
        _store.IsAway = true;
        using var stopping = new CancellationTokenSource();

        var receiving = Messages.ReceiveAsync(PaymentsQueues.Payments, Message(Command, 2), stopping.Token);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Messages.ReceiveAsync(PaymentsQueues.Orders, WakeUp(3), stopping.Token));
    }

    private static InboundMessage Message(string body, int delivery = 1) =>
        new(Encoding.UTF8.GetBytes(body)) { MessageId = "m-1", ContentType = "application/cloudevents+json", Subject = "payment.nonsense", DeliveryCount = delivery };

    private static InboundMessage WakeUp(int delivery) =>
        new("""{"table":"Orders","partitionKey":"p","id":"o-1","transition":1}"""u8.ToArray()) { MessageId = "m-1", Subject = "saga.advance", DeliveryCount = delivery };

    private sealed class AwayStore : IRowStore
    {
        private readonly InMemoryRowStore _memory = new();

        public bool IsAway { get; set; }

        private InMemoryRowStore Memory => IsAway ? throw new StoreUnavailableException("away") : _memory;

        public async Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => await Memory.ReadAsync(address, cancellationToken);

        public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken) => await Memory.WriteAsync(transaction, cancellationToken);

        public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => Memory.QueryAsync(query, cancellationToken);
    }
}
