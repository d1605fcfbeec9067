using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

public sealed class OutboxDispatcherTests
{
    private readonly OutboxFixture _fixture = new();

    [Fact]
    public async Task Committed_messages_are_sent_in_order_and_their_rows_removed()
    {
        var app = _fixture.NewInstance();
        await app.Dispatcher.StartAsync(default);
        for (var operation = 0; operation < 20; operation++)
        {
            await app.CommitAsync($"op{operation}", [.. Enumerable.Range(0, 12).Select(place => OutboxFixture.Message($"{operation}.{place}", "s"))]);
        }

        await app.Dispatcher.DrainAsync(default);
        Assert.Equal(Enumerable.Range(0, 20).SelectMany(operation => Enumerable.Range(0, 12).Select(place => $"{operation}.{place}")), _fixture.Broker.Bodies);
        Assert.Empty(await _fixture.UnsentAsync());
        await app.Dispatcher.StopAsync(default);
    }

    [Fact]
    public async Task What_the_full_queue_drops_the_sweeper_sends()
    {
        var app = _fixture.NewInstance(new OutboxOptions { QueueCapacity = 2 });
        for (var operation = 0; operation < 5; operation++)
        {
            await app.CommitAsync($"op{operation}", OutboxFixture.Message($"{operation}"));
        }

        await app.Dispatcher.StartAsync(default);
        await app.Dispatcher.StopAsync(default);
        Assert.True(_fixture.Broker.Received.Count < 5);

        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        await _fixture.NewInstance().Sweeper.SweepAsync(default);
        Assert.Equal(["0", "1", "2", "3", "4"], _fixture.Broker.Bodies.Order());
    }

    [Fact]
    public async Task A_stopping_process_sends_what_it_has_in_hand()
    {
        var app = _fixture.NewInstance();
        await app.CommitAsync("op1", OutboxFixture.Message("1"));
        await app.CommitAsync("op2", OutboxFixture.Message("2"));
        await app.Dispatcher.StartAsync(default);
        await app.Dispatcher.StopAsync(default);
        Assert.Equal(["1", "2"], _fixture.Broker.Bodies);
        await app.Dispatcher.DrainAsync(default);
    }

    [Fact]
    public async Task A_stopping_process_waits_no_longer_than_its_bound()
    {
        var sending = new TaskCompletionSource();
        _fixture.Broker.Decide = (_, cancellationToken) =>
        {
            sending.TrySetResult();
            return NeverAsync(cancellationToken);
        };
        var app = _fixture.NewInstance();
        await app.Dispatcher.StartAsync(default);
        await app.CommitAsync("op1", OutboxFixture.Message("1"));
        await app.CommitAsync("op2", OutboxFixture.Message("2"));
        await sending.Task;

        var stopping = app.Dispatcher.StopAsync(default);
        Assert.False(stopping.IsCompleted);
        _fixture.Time.Advance(_fixture.Options.StopTimeout);
        await stopping;
        Assert.Equal(2, (await _fixture.UnsentAsync()).Count);
        Assert.All(await _fixture.UnsentAsync(), row => Assert.Null(row.GetInt64("Attempts")));
    }

    // Guards the hold-back by session in OutboxFlusher: a failed message keeps its session's order and stops nobody else.
    [Fact]
    public async Task A_failing_message_holds_back_its_own_session_only()
    {
        _fixture.Broker.Decide = (message, _) => Task.FromResult<SendOutcome?>(FakeBroker.Text(message) == "a2" ? throw new InvalidOperationException("broken") : null);
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("a1", "a"), OutboxFixture.Message("a2", "a"), OutboxFixture.Message("b1", "b"), OutboxFixture.Message("a3", "a"), OutboxFixture.Message("free"), OutboxFixture.Message("b2", "b"));

        Assert.Equal(new OutboxFlushResult(Sent: 4, Parked: 0, Remaining: 2), await app.FlushAsync("op"));
        Assert.Equal(["a1", "b1", "b2", "free"], _fixture.Broker.Bodies.Order());

        _fixture.Broker.Decide = null;
        Assert.Equal(0, (await app.FlushAsync("op")).Sent);
        _fixture.Time.Advance(_fixture.Options.FirstRetryDelay);
        Assert.Equal(2, (await app.FlushAsync("op")).Sent);
        Assert.Equal(["a2", "a3"], _fixture.Broker.Bodies.Skip(4));
    }

    // Guards the time-out around the sender, and WaitAsync for one that ignores its token.
    [Fact]
    public async Task A_sender_that_never_answers_counts_as_failed_and_stops_no_other()
    {
        var sending = new TaskCompletionSource();
        _fixture.Broker.Decide = (message, _) =>
        {
            if (FakeBroker.Text(message) != "stuck")
            {
                return Task.FromResult<SendOutcome?>(null);
            }

            sending.TrySetResult();
            return NeverAsync(default);
        };
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("stuck"), OutboxFixture.Message("fine", queue: "other"));
        var flush = app.FlushAsync("op");
        await sending.Task;
        _fixture.Time.Advance(_fixture.Options.SendTimeout);

        Assert.Equal(new OutboxFlushResult(Sent: 1, Parked: 0, Remaining: 1), await flush.WaitAsync(TimeSpan.FromMinutes(10)));
        Assert.Contains("no answer", Assert.Single(await _fixture.UnsentAsync()).GetString("LastError"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_out_of_reach_is_asked_once_a_flush_and_counts_against_no_message()
    {
        var asked = 0;
        _fixture.Broker.Decide = (message, _) =>
        {
            if (message.Queue != "down")
            {
                return Task.FromResult<SendOutcome?>(null);
            }

            asked++;
            return Task.FromResult<SendOutcome?>(new SendOutcome.Unavailable("no route"));
        };
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", [.. Enumerable.Range(0, 5).Select(place => OutboxFixture.Message($"{place}", "s", "down")), OutboxFixture.Message("up")]);

        Assert.Equal(new OutboxFlushResult(Sent: 1, Parked: 0, Remaining: 5), await app.FlushAsync("op"));
        Assert.Equal(1, asked);
        Assert.All(await _fixture.UnsentAsync(), row => Assert.Null(row.GetInt64("Attempts")));
    }

    [Fact]
    public async Task A_dispatch_that_fails_stops_no_later_one()
    {
        var app = _fixture.NewInstance();
        app.Gate.Before = what => what == "query Business/p/outbox|op1|" ? throw new StoreUnavailableException() : Task.CompletedTask;
        await app.Dispatcher.StartAsync(default);
        await app.CommitAsync("op1", OutboxFixture.Message("1"));
        await app.CommitAsync("op2", OutboxFixture.Message("2"));
        await app.Dispatcher.StopAsync(default);
        Assert.Equal(["2"], _fixture.Broker.Bodies);
    }

    [Fact]
    public async Task A_removal_whose_reply_is_lost_is_recognised()
    {
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("1"));
        var lost = false;
        app.Gate.After = what =>
        {
            if (!lost && what.EndsWith("DeleteRow", StringComparison.Ordinal))
            {
                lost = true;
                throw new StoreUnavailableException();
            }

            return Task.CompletedTask;
        };
        Assert.Equal(new OutboxFlushResult(Sent: 1, Parked: 0, Remaining: 0), await app.FlushAsync("op"));
        Assert.True(lost);
    }

    private static async Task<SendOutcome?> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return null;
    }
}
