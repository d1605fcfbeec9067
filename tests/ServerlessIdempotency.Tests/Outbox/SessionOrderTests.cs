using System.Security.Cryptography;
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

    /// <summary>It is asked again only once one question to it would hold up the others no longer than it did not, and then later each time, until it answers.</summary>
    [Fact]
    public async Task A_queue_that_goes_on_giving_no_answer_is_asked_at_growing_intervals()
    {
        var asked = new SemaphoreSlim(0);
        var answers = false;
        _fixture.Broker.Decide = async (_, _) =>
        {
            asked.Release();
            await Task.Delay(answers ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, CancellationToken.None);
            return new SendOutcome.Failed("busy");
        };
        var app = _fixture.NewInstance();
        var operations = 0;

        await AskAsync(isAsked: true);
        _fixture.Time.Advance(_fixture.Options.SendTimeout - TimeSpan.FromTicks(1));
        await AskAsync(isAsked: false);
        _fixture.Time.Advance(TimeSpan.FromTicks(1));
        await AskAsync(isAsked: true);
        _fixture.Time.Advance((_fixture.Options.SendTimeout * 2) - TimeSpan.FromTicks(1));
        await AskAsync(isAsked: false);
        _fixture.Time.Advance(TimeSpan.FromTicks(1));
        answers = true;
        await AskAsync(isAsked: true);
        answers = false;
        await AskAsync(isAsked: true);
        _fixture.Time.Advance(_fixture.Options.SendTimeout);
        await AskAsync(isAsked: true);

        async Task AskAsync(bool isAsked)
        {
            var operation = $"op{++operations}";
            await app.CommitAsync(operation, OutboxFixture.Message(operation, queue: "hangs"));
            var flush = app.FlushAsync(operation);
            if (isAsked)
            {
                await asked.WaitAsync();
                if (!answers)
                {
                    _fixture.Time.Advance(_fixture.Options.SendTimeout);
                }
            }

            await flush.WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(0, asked.CurrentCount);
        }
    }

    /// <summary>The stall of a queue is one, however many were asking it: what it is closed for grows with the questions that follow each other, not with those at the same time.</summary>
    [Fact]
    public async Task A_queue_that_gives_no_answer_to_eight_at_once_is_closed_as_for_one()
    {
        var asked = new SemaphoreSlim(0);
        _fixture.Broker.Decide = async (_, _) =>
        {
            asked.Release();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return null;
        };
        var app = _fixture.NewInstance();
        await app.CommitAsync("op1", [.. Enumerable.Range(0, 8).Select(number => OutboxFixture.Message($"{number}"))]);
        var flush = app.FlushAsync("op1");
        await WaitAsync(asked, times: 8);
        _fixture.Time.Advance(_fixture.Options.SendTimeout);
        await flush.WaitAsync(TimeSpan.FromMinutes(1));

        _fixture.Time.Advance(_fixture.Options.SendTimeout);
        await app.CommitAsync("op2", OutboxFixture.Message("again"));
        var again = app.FlushAsync("op2");
        await WaitAsync(asked, times: 1);
        _fixture.Time.Advance(_fixture.Options.SendTimeout);
        await again.WaitAsync(TimeSpan.FromMinutes(1));

        static async Task WaitAsync(SemaphoreSlim asked, int times)
        {
            for (var time = 0; time < times; time++)
            {
                Assert.True(await asked.WaitAsync(TimeSpan.FromMinutes(1)), "The queue is not asked.");
            }
        }
    }

    /// <summary>Whether a queue is closed is asked twice, and the clock goes on between: an operation that did not look for what is earlier sends nothing.</summary>
    [Fact]
    public async Task A_queue_that_opens_between_two_looks_lets_no_operation_overtake()
    {
        var asked = new SemaphoreSlim(0);
        _fixture.Broker.Decide = async (_, _) =>
        {
            asked.Release();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return null;
        };
        var app = _fixture.NewInstance();
        await app.CommitAsync("op1", OutboxFixture.Message("op1-1", "s"));
        var flush = app.FlushAsync("op1");
        await asked.WaitAsync();
        _fixture.Time.Advance(_fixture.Options.SendTimeout);
        await flush.WaitAsync(TimeSpan.FromMinutes(1));
        _fixture.Broker.Decide = null;
        await app.CommitAsync("op2", OutboxFixture.Message("op2-1", "s"));
        _fixture.Time.Advance(_fixture.Options.SendTimeout - TimeSpan.FromTicks(1));
        _fixture.Time.AutoAdvanceAmount = TimeSpan.FromTicks(1);

        await app.FlushAsync("op2");
        Assert.Empty(_fixture.Broker.Bodies);

        _fixture.Time.AutoAdvanceAmount = TimeSpan.Zero;
        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        await app.Sweeper.SweepAsync(default);
        Assert.Equal(["op1-1", "op2-1"], _fixture.Broker.Bodies);
    }

    /// <summary>An outage leaves a backlog: an operation does not read and send all of it in its own time, be it sent by itself or by a person, and sends nothing of its session past it.</summary>
    [Theory]
    [InlineData(100, 0, 102)]
    [InlineData(101, 0, 101)]
    [InlineData(2_000, 0, 101)]
    [InlineData(2_001, 0, 1)]
    [InlineData(50, 1_950, 52)]
    [InlineData(50, 1_951, 1)]
    public async Task An_operation_sends_a_short_backlog_first_and_leaves_its_session_to_the_sweeper_behind_a_long_one(int unsent, int parked, int sent)
    {
        var app = _fixture.NewInstance();
        _fixture.Broker.Decide = (message, _) => Task.FromResult<SendOutcome?>(FakeBroker.Text(message) == "odd" ? new SendOutcome.Refused("odd") : null);
        for (var number = 0; number < parked; number++)
        {
            await app.CommitAsync($"a{number:D4}", OutboxFixture.Message("odd"));
            await app.FlushAsync($"a{number:D4}");
        }

        for (var number = 0; number < unsent; number++)
        {
            await app.CommitAndCrashAsync($"b{number:D4}", OutboxFixture.Message($"{number}", "s"));
        }

        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await app.CommitAsync("op", OutboxFixture.Message("last", "s"), OutboxFixture.Message("other"));
        app.Gate.Reset();

        var result = await app.FlushAsync("op");

        Assert.Contains("other", _fixture.Broker.Bodies);
        Assert.Equal(sent, result.Sent);
        Assert.Equal(sent == unsent + 2, _fixture.Broker.Bodies.Contains("last"));

        // Its own rows, pages of a thousand, each message, and the rows of what was sent.
        Assert.InRange(app.Gate.Calls, 1, 10 + sent);
        if (sent < unsent + 2)
        {
            // Three sweeps take the longest of these.
            _fixture.Time.Advance(_fixture.Options.SweepAfter);
            await app.Sweeper.SweepAsync(default);
            await app.Sweeper.SweepAsync(default);
            await app.Sweeper.SweepAsync(default);
        }

        var session = _fixture.Broker.Received.Where(message => message.SessionId == "s").Select(FakeBroker.Text).ToList();
        Assert.Equal("last", session[^1]);
        Assert.Equal(unsent + 1, session.Count);
    }

    /// <summary>What an operation reads of others' messages is bounded by what they weigh, those that wait for a person too.</summary>
    [Theory]
    [InlineData(60, false, true)]
    [InlineData(70, false, false)]
    [InlineData(70, true, false)]
    public async Task A_backlog_of_large_messages_is_not_read_to_its_end(int messages, bool areParked, bool isSent)
    {
        var app = _fixture.NewInstance();
        var body = RandomNumberGenerator.GetBytes(OutboundSize.Max - 2_000);
        _fixture.Broker.Decide = (message, _) => Task.FromResult<SendOutcome?>(message.Body.Length > 1_000 ? new SendOutcome.Refused("odd") : null);
        for (var number = 0; number < messages; number++)
        {
            await app.CommitAndCrashAsync($"a{number:D4}", new OutboxMessage("events", body));
            if (areParked)
            {
                await app.FlushAsync($"a{number:D4}");
            }
        }

        await app.CommitAsync("op", OutboxFixture.Message("last", "s"), OutboxFixture.Message("other"));
        await app.FlushAsync("op");

        Assert.Equal(isSent, _fixture.Broker.Bodies.Contains("last"));
        Assert.Contains("other", _fixture.Broker.Bodies);
    }

    [Fact]
    public async Task An_operation_whose_queue_is_out_of_reach_does_not_look_through_the_backlog()
    {
        var app = _fixture.NewInstance();
        var asked = new SemaphoreSlim(0);
        _fixture.Broker.Decide = async (_, _) =>
        {
            asked.Release();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return null;
        };
        await app.CommitAsync("op1", OutboxFixture.Message("1", "s"));
        var flush = app.FlushAsync("op1");
        await asked.WaitAsync();
        _fixture.Time.Advance(_fixture.Options.SendTimeout);
        await flush;
        await app.CommitAsync("op2", OutboxFixture.Message("2", "s"));
        app.Gate.Reset();

        await app.FlushAsync("op2");

        // Its own rows.
        Assert.Equal(1, app.Gate.Calls);
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
