using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

/// <summary>A rolling deployment over the build before, whose messages bore no app's name and which looked at none: neither build leaves the other's behind.</summary>
public sealed class EarlierMessageTests
{
    private readonly OutboxFixture _fixture = new();
    private readonly OutboxOptions _options = new() { AppName = "shop", SweepConcurrency = 1 };
    private readonly AppInstance _app;

    public EarlierMessageTests() => _app = _fixture.NewInstance(_options);

    [Fact]
    public async Task What_it_left_is_sent_by_the_sweeper_and_only_then_its_note_goes()
    {
        await _app.CommitAndCrashAsync("op", OutboxFixture.Message("1"), OutboxFixture.Message("2", "s"));
        await MakeEarlierAsync();
        _fixture.Broker.Decide = (_, _) => Task.FromResult<SendOutcome?>(new SendOutcome.Unavailable("away"));
        _fixture.Time.Advance(_fixture.UntilNotesGo);

        Assert.Equal(2, (await _app.Sweeper.SweepAsync(default)).Remaining);
        Assert.NotEmpty(await NotesAsync());
        _fixture.Broker.Decide = null;
        Assert.Equal(2, (await _app.Sweeper.SweepAsync(default)).Sent);
        await _app.Sweeper.SweepAsync(default);

        Assert.Equal(["1", "2"], _fixture.Broker.Bodies.Order());
        Assert.Empty(await _fixture.UnsentAsync());
        Assert.Empty(await NotesAsync());
    }

    [Fact]
    public async Task What_it_left_of_a_session_is_sent_before_a_later_operations()
    {
        await _app.CommitAndCrashAsync("op1", OutboxFixture.Message("op1-1", "s"));
        await MakeEarlierAsync();
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await _app.CommitAsync("op2", OutboxFixture.Message("op2-1", "s"));

        await _app.FlushAsync("op2");

        Assert.Equal(["op1-1", "op2-1"], _fixture.Broker.Bodies);
    }

    [Fact]
    public async Task What_it_parked_is_listed_and_sent_after_a_persons_retry()
    {
        _fixture.Broker.Decide = (_, _) => Task.FromResult<SendOutcome?>(new SendOutcome.Refused("Too large."));
        await _app.CommitAsync("op", OutboxFixture.Message("1"));
        await _app.FlushAsync("op");
        await MakeEarlierAsync();

        var parked = Assert.Single(await _app.Administration.ListParkedAsync(default).ToListAsync());
        Assert.True(await _app.Administration.RetryAsync(parked.Address, default));
        _fixture.Broker.Decide = null;
        _fixture.Time.Advance(_fixture.Options.SweepAfter);
        await _app.Sweeper.SweepAsync(default);

        Assert.Equal(["1"], _fixture.Broker.Bodies);
    }

    /// <summary>It finds messages by the same keys and reads the same columns; what it writes of a row it takes over from what it has read, and the name with it.</summary>
    [Fact]
    public async Task What_this_build_leaves_differs_for_it_by_a_column_that_it_keeps()
    {
        await _app.CommitAndCrashAsync("op", OutboxFixture.Message("1", "s"));
        var own = Assert.Single(await _fixture.UnsentAsync());

        Assert.Equal($"{RowKeyPrefixes.Outbox}op|0000", own.Address.RowKey);
        string[] known = ["State", "Queue", "MessageId", "ContentType", "CommittedAt", "SessionId", "Encoding", "BodyLength", "Body00", RowColumns.OperationId];
        Assert.Equal(["App"], own.Values.Keys.Except(known));
        Assert.Equal("shop", OutboxRow.FromRow(own).ToParked("error", _fixture.Time.GetUtcNow())["App"]);
        Assert.Equal("shop", OutboxRow.FromRow(own).AfterFailure("error", _fixture.Time.GetUtcNow())["App"]);
        Assert.Equal("shop", OutboxRow.FromRow(own).ToPending()["App"]);
    }

    private async Task<List<Row>> NotesAsync()
    {
        var notes = new List<Row>();
        foreach (var window in await _fixture.RowsAsync(_options.TableName, AppNames.KeyOf(_options.AppName, "windows")))
        {
            notes.AddRange(await _fixture.RowsAsync(_options.TableName, AppNames.KeyOf(_options.AppName, window.Address.RowKey)));
        }

        return notes;
    }

    /// <summary>The messages as the build before has them.</summary>
    private async Task MakeEarlierAsync()
    {
        foreach (var row in await _fixture.UnsentAsync())
        {
            var values = row.Values.ToDictionary();
            Assert.True(values.Remove("App"));
            Assert.IsType<WriteOutcome.Applied>(await _fixture.Memory.WriteAsync(new RowTransaction(OutboxFixture.Partition, [RowWrite.Replace(row.Address.RowKey, values, row.ETag)]), default));
        }
    }
}
