using System.Security.Cryptography;
using System.Text;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

/// <summary>More unsent messages than one sweep takes, as an outage of the broker leaves them: each sweep is bounded, the other partitions have their turn, and sessions keep their order.</summary>
public sealed class LongBacklogTests
{
    private readonly OutboxFixture _fixture = new();
    private readonly AppInstance _app;
    private int _operations;

    public LongBacklogTests() => _app = _fixture.NewInstance();

    [Fact]
    public async Task A_sweep_takes_so_much_of_a_partition_the_next_goes_on_and_the_others_have_their_turn()
    {
        var other = new PartitionAddress("Business", "q");
        await LeaveAsync(12_000, session: null);
        await _app.Outbox.PrepareAsync(other, default);
        await _app.Writer.WriteAsync(other, _app.Outbox.ToRows("other", [OutboxFixture.Message("of the other")]), default);
        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        _app.Gate.Reset();

        var first = await _app.Sweeper.SweepAsync(default);

        Assert.InRange(first.Sent, 9_000, 10_001);
        Assert.NotEqual(0, first.Remaining);
        Assert.Contains("of the other", _fixture.Broker.Bodies);

        // Each message and its row, ten pages, and what the register costs.
        Assert.InRange(_app.Gate.Calls - (2 * first.Sent), 1, 20);
        Assert.Equal(12_001 - first.Sent, (await _app.Sweeper.SweepAsync(default)).Sent);
        Assert.Equal(12_001, _fixture.Broker.Received.Count);
        Assert.Empty(await _fixture.UnsentAsync());
    }

    /// <summary>Until the last of them was read nobody knows which comes first; then they are sent by their moments, so many in one sweep.</summary>
    [Fact]
    public async Task Sessions_keep_their_order_over_a_backlog_of_several_sweeps()
    {
        foreach (var session in Enumerable.Range(0, 2_500).Select(number => number % 7))
        {
            await LeaveAsync(1, $"s{session}");
        }

        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        var sent = new List<int>();
        for (var sweep = 0; sweep < 3; sweep++)
        {
            sent.Add((await _app.Sweeper.SweepAsync(default)).Sent);
        }

        Assert.Equal([1_000, 1_000, 500], sent);
        AssertInOrder(2_500);
    }

    [Fact]
    public async Task A_message_that_fails_holds_up_its_session_alone_over_several_sweeps()
    {
        foreach (var session in Enumerable.Range(0, 1_500).Select(number => number % 3))
        {
            await LeaveAsync(1, $"s{session}");
        }

        _fixture.Broker.Decide = (message, _) => Task.FromResult<SendOutcome?>(FakeBroker.Text(message) == "4" ? new SendOutcome.Failed("broken") : null);
        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        for (var sweep = 0; sweep < 2; sweep++)
        {
            await _app.Sweeper.SweepAsync(default);
        }

        // The first of its session, and all of the other two.
        Assert.Equal(1_001, _fixture.Broker.Received.Count);
        Assert.Equal(499, (await _app.Sweeper.SweepAsync(default)).Remaining);
        _fixture.Broker.Decide = null;
        _fixture.Time.Advance(_fixture.Options.MaxRetryDelay);
        await _app.Sweeper.SweepAsync(default);
        AssertInOrder(1_500);
    }

    /// <summary>A commit may be on its way for a while: one that lands where it was read already is not overtaken by a later one that is read afterwards.</summary>
    [Fact]
    public async Task What_lands_where_a_backlog_was_read_already_is_not_overtaken()
    {
        await LeaveAsync(12_000, session: null);
        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        var late = _app.Outbox.ToRows("a", [OutboxFixture.Message("first", "s")]);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await _app.CommitAndCrashAsync("zz", OutboxFixture.Message("second", "s"));
        await _app.Sweeper.SweepAsync(default);
        await _app.Writer.WriteAsync(OutboxFixture.Partition, late, default);
        for (var sweep = 0; sweep < 2; sweep++)
        {
            _fixture.Time.Advance(_fixture.Options.SweepAfter);
            await _app.Sweeper.SweepAsync(default);
        }

        Assert.Equal(["first", "second"], _fixture.Broker.Received.Where(message => message.SessionId == "s").Select(FakeBroker.Text));
    }

    [Fact]
    public async Task A_partition_stays_in_the_register_until_one_sweep_has_seen_all_of_it()
    {
        await LeaveAsync(12_000, session: null);
        _fixture.Time.Advance(_fixture.UntilNotesGo * 3);

        await _app.Sweeper.SweepAsync(default);
        Assert.NotEmpty(await _fixture.NotesAsync());
        await _app.Sweeper.SweepAsync(default);
        Assert.Empty(await _fixture.UnsentAsync());
        Assert.NotEmpty(await _fixture.NotesAsync());
        await _app.Sweeper.SweepAsync(default);
        Assert.Empty(await _fixture.NotesAsync());
    }

    /// <summary>Memory is bounded by what the bodies weigh.</summary>
    [Fact]
    public async Task Large_bodies_make_short_pages()
    {
        var body = RandomNumberGenerator.GetBytes(OutboundSize.Max - 2_000);
        for (var number = 0; number < 100; number++)
        {
            await _app.CommitAndCrashAsync($"op{number:D3}", new OutboxMessage("events", body));
        }

        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        var queries = 0;
        _app.Gate.Before = what =>
        {
            queries += what.StartsWith($"query {OutboxFixture.Partition}/{RowKeyPrefixes.Outbox}", StringComparison.Ordinal) ? 1 : 0;
            return Task.CompletedTask;
        };

        Assert.Equal(100, (await _app.Sweeper.SweepAsync(default)).Sent);
        Assert.Equal(2, queries);
    }

    [Fact]
    public void So_many_are_remembered_and_they_are_the_earliest()
    {
        var begins = _fixture.Time.GetUtcNow();
        var rows = Enumerable.Range(0, 60_000).Select(number => OutboxRow.FromRow(new Row(
            OutboxFixture.Partition.Row($"{RowKeyPrefixes.Outbox}{number * 7_919 % 60_000:D5}|0000"),
            "etag",
            new Dictionary<string, object> { ["Queue"] = "events", ["MessageId"] = "m", ["ContentType"] = "text/plain", ["SessionId"] = "s", ["CommittedAt"] = begins.AddSeconds(number * 7_919 % 60_000), ["Body00"] = Array.Empty<byte>(), ["BodyLength"] = 0 })));
        var backlog = new OutboxBacklog(begins.AddDays(1));

        backlog.Remember(rows, next: null);

        Assert.Equal(60_000, backlog.Remaining);
        Assert.Equal(Enumerable.Range(0, 50_000).Select(number => $"{RowKeyPrefixes.Outbox}{number:D5}|0000"), backlog.Take(60_000));
        Assert.True(backlog.IsSent);
        Assert.Equal(10_000, backlog.Remaining);
    }

    private void AssertInOrder(int count)
    {
        Assert.Equal(count, _fixture.Broker.Received.Count);
        Assert.All(
            _fixture.Broker.Received.GroupBy(message => message.SessionId),
            session => Assert.Equal(session.Select(message => int.Parse(FakeBroker.Text(message), null)).Order(), session.Select(message => int.Parse(FakeBroker.Text(message), null))));
    }

    /// <summary>Each operation a second after the one before, under keys that go the other way round.</summary>
    private async Task LeaveAsync(int messages, string? session)
    {
        foreach (var operation in Enumerable.Range(0, messages).Chunk(OutboxRow.MaxMessages))
        {
            await _app.CommitAndCrashAsync($"z{99_999 - _operations:D5}", [.. operation.Select(_ => new OutboxMessage("events", Encoding.UTF8.GetBytes($"{_operations}")) { SessionId = session })]);
            _operations++;
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }
}
