using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

/// <summary>Law 9 for messages that can't be sent: seen, kept, and in nobody's way.</summary>
public sealed class ParkedMessageTests
{
    private readonly OutboxFixture _fixture = new();
    private bool _isBroken = true;

    public ParkedMessageTests() =>
        _fixture.Broker.Decide = (message, _) => Task.FromResult(!_isBroken ? null : FakeBroker.Text(message) switch
        {
            "refused" => new SendOutcome.Refused("no such queue"),
            "failing" => new SendOutcome.Failed("broken"),
            _ => (SendOutcome?)null,
        });

    [Fact]
    public async Task A_message_that_keeps_failing_is_tried_ever_more_rarely_and_then_parked_with_its_error()
    {
        _fixture.Options.MaxAttempts = 4;
        _fixture.Options.FirstRetryDelay = TimeSpan.FromMinutes(1);
        _fixture.Options.MaxRetryDelay = TimeSpan.FromMinutes(3);
        var app = _fixture.NewInstance();
        await app.CommitAndCrashAsync("op", OutboxFixture.Message("failing", "s"), OutboxFixture.Message("after", "s"));
        _fixture.Time.Advance(_fixture.Options.SweepAfter);

        foreach (var pause in new[] { 1, 2, 3 })
        {
            Assert.Equal(2, (await app.Sweeper.SweepAsync(default)).Remaining);
            _fixture.Time.Advance(TimeSpan.FromMinutes(pause) - TimeSpan.FromTicks(1));
            app.Gate.Reset();
            await app.Sweeper.SweepAsync(default);
            Assert.Equal(pause, Assert.Single(await _fixture.UnsentAsync(), row => row.GetInt64("Attempts") > 0).GetInt64("Attempts"));
            _fixture.Time.Advance(TimeSpan.FromTicks(1));
        }

        // Given up: now the later one of its session may go.
        Assert.Equal(1, (await app.Sweeper.SweepAsync(default)).Parked);
        Assert.Equal(["after"], _fixture.Broker.Bodies);
        var parked = Assert.Single(await ParkedAsync(app));
        Assert.Equal(("failing", 4, "broken"), (FakeBroker.Text(parked.Message!), parked.Attempts, parked.Error));
    }

    [Fact]
    public async Task A_refused_message_is_parked_at_once_and_still_found_when_every_note_is_gone()
    {
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("refused"), OutboxFixture.Message("fine"));
        Assert.Equal(new OutboxFlushResult(Sent: 1, Parked: 1, Remaining: 0), await app.FlushAsync("op"));
        _fixture.Time.Advance(_fixture.UntilNotesGo);
        await app.Sweeper.SweepAsync(default);
        Assert.Empty(await _fixture.WindowsAsync());

        var parked = Assert.Single(await ParkedAsync(_fixture.NewInstance()));
        Assert.Equal("no such queue", parked.Error);
        Assert.Equal(_fixture.Time.GetUtcNow() - _fixture.UntilNotesGo, parked.CommittedAt);
    }

    /// <summary>Guards the filter in <c>OutboxFlusher.FlushAsync</c>: only a person gives a parked message another try.</summary>
    [Fact]
    public async Task A_parked_message_is_not_sent_again_by_itself()
    {
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("refused"));
        await app.FlushAsync("op");
        _isBroken = false;

        Assert.Equal(default, await app.FlushAsync("op"));
        Assert.Empty(_fixture.Broker.Received);
    }

    /// <summary>Guards the return after <c>NoteParkedAsync</c>: a parked row that nobody finds would be a silent drop.</summary>
    [Fact]
    public async Task A_message_whose_name_can_not_be_written_stays_unparked_and_is_tried_again()
    {
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("refused"));
        app.Gate.Before = what => what.Contains("/parked/", StringComparison.Ordinal) ? throw new StoreUnavailableException("no reply") : Task.CompletedTask;
        Assert.Equal(new OutboxFlushResult(Sent: 0, Parked: 0, Remaining: 1), await app.FlushAsync("op"));

        app.Gate.Before = null;
        Assert.Equal(new OutboxFlushResult(Sent: 0, Parked: 1, Remaining: 0), await app.FlushAsync("op"));
        Assert.Single(await ParkedAsync(app));
    }

    /// <summary>Guards the ETag in <c>OutboxFlusher.TryReplaceAsync</c>: counting a late attempt must not put a parked message back.</summary>
    [Fact]
    public async Task A_late_failure_does_not_undo_the_parking_by_another_sender()
    {
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("failing"));
        app.Gate.Before = async what =>
        {
            if (what.StartsWith("send", StringComparison.Ordinal))
            {
                _fixture.Options.MaxAttempts = 1;
                Assert.Equal(1, (await _fixture.NewInstance().FlushAsync("op")).Parked);
                _fixture.Options.MaxAttempts = 25;
            }
        };

        Assert.Equal(new OutboxFlushResult(Sent: 0, Parked: 0, Remaining: 1), await app.FlushAsync("op"));
        Assert.Single(await ParkedAsync(app));
    }

    /// <summary>Guards the name in <c>OutboxAdministration.ListParkedAsync</c>: a listing between a parking's two writes must not take it away.</summary>
    [Fact]
    public async Task A_message_that_is_listed_while_it_is_parked_is_still_found_afterwards()
    {
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("refused"));
        app.Gate.Before = async what =>
        {
            if (what.Contains("/outbox|", StringComparison.Ordinal) && what.EndsWith("ReplaceRow", StringComparison.Ordinal))
            {
                Assert.Empty(await ParkedAsync(_fixture.NewInstance()));
            }
        };

        Assert.Equal(1, (await app.FlushAsync("op")).Parked);
        Assert.Single(await ParkedAsync(_fixture.NewInstance()));
    }

    [Fact]
    public async Task A_retried_message_is_sent_by_the_next_sweep_under_its_first_id_and_leaves_the_list()
    {
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("refused"));
        await app.FlushAsync("op");
        _fixture.Time.Advance(_fixture.UntilNotesGo);
        await app.Sweeper.SweepAsync(default);
        var parked = Assert.Single(await ParkedAsync(app));

        _isBroken = false;
        Assert.True(await _fixture.NewInstance().Administration.RetryAsync(parked.Address, default));
        Assert.False(await app.Administration.RetryAsync(parked.Address, default));
        Assert.Equal(1, (await app.Sweeper.SweepAsync(default)).Sent);
        Assert.Equal(parked.Message!.MessageId, Assert.Single(_fixture.Broker.Received).MessageId);
        Assert.Empty(await ParkedAsync(app));
        Assert.Empty(await _fixture.RowsAsync(_fixture.Options.TableName, "parked"));
        Assert.False(await app.Administration.RetryAsync(parked.Address, default));
    }

    [Fact]
    public async Task A_retry_that_is_refused_again_is_parked_and_listed_again()
    {
        var app = _fixture.NewInstance();
        await app.CommitAsync("op", OutboxFixture.Message("refused"));
        await app.FlushAsync("op");
        await app.Administration.RetryAsync(Assert.Single(await ParkedAsync(app)).Address, default);
        Assert.Empty(await ParkedAsync(app));
        await app.FlushAsync("op");
        Assert.Single(await ParkedAsync(app));
    }

    // Guards the order in TryParkAsync and RetryAsync: findable first, then the state.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whenever_the_process_dies_between_parking_and_retrying_the_message_stays_findable(bool after)
    {
        for (var call = 1; ; call++)
        {
            _isBroken = true;
            var fixture = new OutboxFixture();
            fixture.Broker.Decide = _fixture.Broker.Decide;
            var first = fixture.NewInstance();
            await first.CommitAndCrashAsync("op", OutboxFixture.Message("refused"));
            first.Gate.Reset();
            first.Gate.DieAtCall(call, after);
            try
            {
                await first.FlushAsync("op");
                await first.Administration.RetryAsync(Assert.Single(await ParkedAsync(first)).Address, default);
            }
            catch (ProcessDiedException)
            {
            }

            fixture.Time.Advance(fixture.UntilNotesGo);
            var second = fixture.NewInstance();
            await second.Sweeper.SweepAsync(default);
            _isBroken = false;
            foreach (var parked in await ParkedAsync(second))
            {
                Assert.True(await second.Administration.RetryAsync(parked.Address, default));
            }

            await second.Sweeper.SweepAsync(default);
            Assert.Equal(["refused"], fixture.Broker.DistinctBodies);
            if (!first.Gate.IsDead)
            {
                Assert.True(call > 5);
                break;
            }
        }
    }

    [Fact]
    public async Task A_row_that_is_no_message_is_parked_and_stops_no_other()
    {
        var app = _fixture.NewInstance();
        await app.CommitAndCrashAsync("op", OutboxFixture.Message("fine"));
        await app.Writer.WriteAsync(OutboxFixture.Partition, [RowWrite.Insert("outbox|strange|0000", new Dictionary<string, object> { ["Queue"] = 7, ["State"] = 7, ["Attempts"] = "", ["CommittedAt"] = 7, ["NextAttemptAt"] = "" })], default);
        _fixture.Time.Advance(_fixture.Options.SweepAfter);

        Assert.Equal(new SweepResult(Partitions: 1, Sent: 1, Parked: 1, Remaining: 0, Unreadable: 0), await app.Sweeper.SweepAsync(default));
        var parked = Assert.Single(await ParkedAsync(app));
        Assert.Null(parked.Message);
        Assert.Contains("not a readable message", parked.Error, StringComparison.Ordinal);
    }

    private static async Task<List<ParkedMessage>> ParkedAsync(AppInstance app)
    {
        var parked = new List<ParkedMessage>();
        await foreach (var message in app.Administration.ListParkedAsync(default))
        {
            parked.Add(message);
        }

        return parked;
    }
}
