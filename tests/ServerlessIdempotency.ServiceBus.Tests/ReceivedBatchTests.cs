using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.ServiceBus.Batches;

namespace ServerlessIdempotency.ServiceBus.Tests;

/// <summary>How a batch is settled, call by call. <see cref="BatchQueueConsumerTests"/> has what the broker makes of it.</summary>
public sealed class ReceivedBatchTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly List<string> _calls = [];
    private string? _failing;

    [Fact]
    public async Task What_is_done_is_settled_before_what_comes_again()
    {
        var isDone = await ConsumeAsync((_, _) => Task.FromResult<IReadOnlyList<Settlement>>([new Settlement.Abandon(), new Settlement.Complete(), new Settlement.DeadLetter("R", "D")]));
        Assert.False(isDone);
        Assert.Equal(["complete b", "dead-letter c", "abandon a"], _calls);
    }

    // Guards the count: a consumer that forgot one has said nothing of any.
    [Fact]
    public async Task A_consumer_that_settles_too_few_has_failed()
    {
        Assert.False(await ConsumeAsync((_, _) => Task.FromResult<IReadOnlyList<Settlement>>([new Settlement.Complete()])));
        Assert.Equal(["abandon a", "abandon b", "abandon c"], _calls);
    }

    // Guards the catch in ReceivedBatch: what is not settled comes again, so its session must not go on past it.
    [Fact]
    public async Task A_settlement_that_fails_leaves_the_others_to_be_settled_and_the_batch_undone()
    {
        _failing = "a";
        Assert.False(await ConsumeAsync((messages, _) => Task.FromResult<IReadOnlyList<Settlement>>([.. messages.Select(_ => new Settlement.Complete())])));
        Assert.Equal(["complete a", "complete b", "complete c"], _calls);
    }

    // Lock 60 s: from 45 s on nothing more is begun. The app's own stop is heard at once.
    [Theory]
    [InlineData(44.9, false)]
    [InlineData(45, true)]
    public async Task The_consumer_is_told_to_stop_at_three_quarters_of_the_lock(double seconds, bool isToStop)
    {
        Assert.True(await ConsumeAsync((messages, token) =>
        {
            _time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(isToStop, token.IsCancellationRequested);
            return Task.FromResult<IReadOnlyList<Settlement>>([.. messages.Select(_ => new Settlement.Complete())]);
        }));
        Assert.Equal(["complete a", "complete b", "complete c"], _calls);
    }

    /// <summary>Guards <c>WhereLockEnds</c>: given back uncounted, what always takes too long would hold up its session for good. What is behind it does not count.</summary>
    [Theory]
    [InlineData(false, "complete a", "abandon b")]
    [InlineData(true, "complete a")]
    public async Task What_was_begun_when_its_lock_ends_counts_and_where_the_app_stops_it_does_not(bool appStops, params string[] calls)
    {
        using var stopping = new CancellationTokenSource();
        Assert.False(await NewBatch((_, _) =>
        {
            _time.Advance(TimeSpan.FromSeconds(45));
            if (appStops)
            {
                stopping.Cancel();
            }

            return Task.FromResult<IReadOnlyList<Settlement>>([new Settlement.Complete(), new Settlement.Release("It ends.") { WasBegun = true }, new Settlement.Release("It ends.")]);
        }).ConsumeAsync(new RecordingSessionReceiver(_calls), Messages("s"), _time.GetUtcNow() + TimeSpan.FromSeconds(60), stopping.Token));
        Assert.Equal(calls, _calls);
    }

    [Theory]
    [InlineData(false, "abandon a")]
    [InlineData(true)]
    public async Task A_consumer_that_throws_when_its_lock_ends_has_failed_and_where_the_app_stops_it_has_not(bool appStops, params string[] calls)
    {
        using var stopping = new CancellationTokenSource();
        Assert.False(await NewBatch((_, token) =>
        {
            _time.Advance(TimeSpan.FromSeconds(45));
            if (appStops)
            {
                stopping.Cancel();
            }

            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("It was not told to stop.");
        }).ConsumeAsync(new RecordingSessionReceiver(_calls), Messages("s"), _time.GetUtcNow() + TimeSpan.FromSeconds(60), stopping.Token));
        Assert.Equal(calls, _calls);
    }

    private Task<bool> ConsumeAsync(MessageBatchConsumer consumer) =>
        NewBatch(consumer).ConsumeAsync(new RecordingReceiver(_calls, _failing), Messages(session: null), _time.GetUtcNow() + TimeSpan.FromSeconds(60), default);

    private ReceivedBatch NewBatch(MessageBatchConsumer consumer) => new("entries", consumer, _time, NullLogger.Instance);

    private static List<ServiceBusReceivedMessage> Messages(string? session) =>
        [.. new[] { "a", "b", "c" }.Select(id => ServiceBusModelFactory.ServiceBusReceivedMessage(messageId: id, sessionId: session))];

    private sealed class RecordingSessionReceiver(List<string> calls) : ServiceBusSessionReceiver
    {
        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => RecordAsync("complete", message);

        public override Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
            RecordAsync("abandon", message);

        private Task RecordAsync(string call, ServiceBusReceivedMessage message)
        {
            calls.Add($"{call} {message.MessageId}");
            return Task.CompletedTask;
        }
    }

    private sealed class RecordingReceiver(List<string> calls, string? failing) : ServiceBusReceiver
    {
        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => RecordAsync("complete", message);

        public override Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
            RecordAsync("abandon", message);

        public override Task DeadLetterMessageAsync(ServiceBusReceivedMessage message, string deadLetterReason, string? deadLetterErrorDescription = null, CancellationToken cancellationToken = default) =>
            RecordAsync("dead-letter", message);

        private Task RecordAsync(string call, ServiceBusReceivedMessage message)
        {
            calls.Add($"{call} {message.MessageId}");
            return message.MessageId == failing ? Task.FromException(new ServiceBusException("The lock is gone.", ServiceBusFailureReason.MessageLockLost)) : Task.CompletedTask;
        }
    }
}
