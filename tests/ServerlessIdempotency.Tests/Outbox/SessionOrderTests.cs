using ServerlessIdempotency.Outbox;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

/// <summary>A session keeps its order over operations, until the message that stands in its way is parked.</summary>
public sealed class SessionOrderTests
{
    private readonly OutboxFixture _fixture = new();

    [Fact]
    public async Task The_next_operations_messages_of_a_session_wait_behind_one_that_failed()
    {
        _fixture.Broker.Decide = FailOn("op1-1");
        var app = _fixture.NewInstance();
        await app.CommitAsync("op1", OutboxFixture.Message("op1-1", "s"), OutboxFixture.Message("op1-2", "s"));
        await app.FlushAsync("op1");
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await app.CommitAsync("op2", OutboxFixture.Message("op2-1", "s"), OutboxFixture.Message("other", "t"));

        await app.FlushAsync("op2");
        Assert.Equal(["other"], _fixture.Broker.Bodies);

        _fixture.Broker.Decide = null;
        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        await app.Sweeper.SweepAsync(default);
        Assert.Equal(["other", "op1-1", "op1-2", "op2-1"], _fixture.Broker.Bodies);
    }

    [Fact]
    public async Task A_sweep_keeps_the_order_of_a_session_too()
    {
        _fixture.Broker.Decide = FailOn("op1-1");
        var app = _fixture.NewInstance();
        await app.CommitAndCrashAsync("op1", OutboxFixture.Message("op1-1", "s"));
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await app.CommitAndCrashAsync("op2", OutboxFixture.Message("op2-1", "s"));
        _fixture.Time.Advance(_fixture.Options.SweepAfter);

        await app.Sweeper.SweepAsync(default);

        Assert.Empty(_fixture.Broker.Bodies);
    }

    [Fact]
    public async Task What_an_instance_that_died_left_of_a_session_is_sent_first()
    {
        var dead = _fixture.NewInstance();
        await dead.CommitAndCrashAsync("op1", OutboxFixture.Message("op1-1", "s"));
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        var app = _fixture.NewInstance();
        await app.CommitAsync("op2", OutboxFixture.Message("op2-1", "s"));

        await app.FlushAsync("op2");

        Assert.Equal(["op1-1", "op2-1"], _fixture.Broker.Bodies);
    }

    [Fact]
    public async Task A_session_goes_on_once_the_message_in_its_way_is_parked()
    {
        _fixture.Broker.Decide = (message, _) => Task.FromResult<SendOutcome?>(FakeBroker.Text(message) == "op1-1" ? new SendOutcome.Refused("Too large.") : null);
        var app = _fixture.NewInstance();
        await app.CommitAsync("op1", OutboxFixture.Message("op1-1", "s"));
        await app.CommitAsync("op2", OutboxFixture.Message("op2-1", "s"));

        await app.FlushAsync("op1");
        await app.FlushAsync("op2");

        Assert.Equal(["op2-1"], _fixture.Broker.Bodies);
    }

    [Fact]
    public async Task Draining_before_the_start_sends_what_is_committed()
    {
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("1"));

        await app.Dispatcher.DrainAsync(default).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["1"], _fixture.Broker.Bodies);
        await app.Dispatcher.StartAsync(default);
        await app.Dispatcher.StopAsync(default);
    }

    /// <summary>A lane waits for a queue that gives no answer once, and not with each of its operations.</summary>
    [Fact]
    public async Task A_queue_that_gives_no_answer_delays_the_others_of_its_lane_once()
    {
        var asked = new SemaphoreSlim(0);
        _fixture.Broker.Decide = async (message, _) =>
        {
            if (message.Queue == "hangs")
            {
                asked.Release();
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
            }

            return null;
        };
        var app = _fixture.NewInstance();
        await app.Dispatcher.StartAsync(default);
        await app.CommitAsync("op1", OutboxFixture.Message("1", queue: "hangs"));
        await app.CommitAsync("op2", OutboxFixture.Message("2", queue: "hangs"));
        await app.CommitAsync("op3", OutboxFixture.Message("3"));
        await asked.WaitAsync();
        _fixture.Time.Advance(_fixture.Options.SendTimeout);

        await app.Dispatcher.DrainAsync(default).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["3"], _fixture.Broker.Bodies);
        Assert.Equal(0, asked.CurrentCount);
        await app.Dispatcher.StopAsync(default);
    }

    [Fact]
    public async Task An_error_cut_within_a_surrogate_pair_is_counted()
    {
        _fixture.Broker.Decide = (_, _) => Task.FromResult<SendOutcome?>(new SendOutcome.Failed(new string('x', 1_999) + "\U0001F600"));
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("1"));

        await app.FlushAsync("op");

        var row = Assert.Single(await _fixture.UnsentAsync());
        Assert.Equal((1L, 1_999), (row.GetInt64("Attempts"), row.GetString("LastError")!.Length));
    }

    private static Func<OutboundMessage, CancellationToken, Task<SendOutcome?>> FailOn(string body) =>
        (message, _) => Task.FromResult<SendOutcome?>(FakeBroker.Text(message) == body ? new SendOutcome.Failed("broken") : null);
}
