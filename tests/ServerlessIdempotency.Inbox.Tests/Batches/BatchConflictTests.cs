using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Inbox.Tests.Batches;

/// <summary>A transaction that is refused for one message's rows fails no other one.</summary>
public sealed class BatchConflictTests
{
    private readonly BatchFixture _fixture = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_in_the_way_of_one_message_fails_it_alone(bool storeTellsWhich)
    {
        var app = _fixture.NewInstance();
        await app.Store.WriteAsync(new RowTransaction(InboxFixture.Account, [RowWrite.Insert("taken", new Dictionary<string, object>())]), default);
        var outcomes = await ApplyAsync(app, storeTellsWhich, BatchFixture.Batch(20), (context, token) => context.Delivery.Message.MessageId == "e7"
            ? Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = [RowWrite.Insert("taken", new Dictionary<string, object>())] })
            : _fixture.EnterAsync(context, token));
        Assert.IsType<MessageNotAppliedException>(Assert.IsType<InboxOutcome.Failed>(outcomes[6]).Cause);
        Assert.Equal(19, outcomes.OfType<InboxOutcome.Processed>().Count());
        Assert.Equal(19, (await _fixture.EntriesAsync()).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_row_that_somebody_else_changed_is_read_again_and_all_are_applied(bool storeTellsWhich)
    {
        var app = _fixture.NewInstance();
        var other = _fixture.NewInstance();
        var changed = false;
        app.Gate.Before = async what =>
        {
            if (!changed && what.StartsWith("write Business", StringComparison.Ordinal))
            {
                changed = true;
                await _fixture.ApplyAsync(other, [InboxFixture.Delivery("other", 1_000)], _fixture.AddAsync);
            }
        };
        var outcomes = await ApplyAsync(app, storeTellsWhich, BatchFixture.Batch(10), _fixture.AddAsync);
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        Assert.Equal(1_055, await _fixture.Inbox.BalanceAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_that_another_consumer_applies_in_between_is_a_duplicate(bool storeTellsWhich)
    {
        var app = _fixture.NewInstance();
        var other = _fixture.NewInstance();
        var applied = false;
        app.Gate.Before = async what =>
        {
            if (!applied && what.StartsWith("write", StringComparison.Ordinal))
            {
                applied = true;
                await _fixture.ApplyAsync(other, BatchFixture.Batch(3, first: 4));
            }
        };
        var outcomes = await ApplyAsync(app, storeTellsWhich, BatchFixture.Batch(10), _fixture.EnterAsync);
        Assert.Equal("Processed Processed Processed Duplicate Duplicate Duplicate Processed Processed Processed Processed", BatchFixture.Text(outcomes));
        Assert.Equal(10, (await _fixture.EntriesAsync()).Count);
    }

    // The transaction that took s-1 is filled again after s-2 has failed.
    [Fact]
    public async Task What_is_before_a_failed_message_is_not_held_back_where_its_transaction_is_filled_again()
    {
        var app = _fixture.NewInstance();
        await app.Store.WriteAsync(new RowTransaction(InboxFixture.Account, [RowWrite.Insert("taken", new Dictionary<string, object>())]), default);
        var outcomes = await _fixture.ApplyAsync(
            app,
            [BatchFixture.Of("s", "s-1"), BatchFixture.Of("s", "s-2", amount: -1), BatchFixture.Of("s", "s-3"), BatchFixture.Of("t", "t-1"), BatchFixture.Of("t", "t-2")],
            (context, token) => context.Delivery.Message.MessageId == "t-1"
                ? Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = [RowWrite.Insert("taken", new Dictionary<string, object>())] })
                : _fixture.EnterAsync(context, token));
        Assert.Equal("Processed Failed HeldBack Failed HeldBack", BatchFixture.Text(outcomes));
        Assert.Equal(["s-1"], await _fixture.EntriesAsync());
    }

    // As a row that is too large, or columns that the store does not take: it says so before or instead of writing.
    [Fact]
    public async Task A_row_that_the_store_does_not_take_rejects_its_own_message()
    {
        var app = _fixture.NewInstance();
        var store = new FussyStore(app.Store);
        var outcomes = await ApplyAsync(store, app, BatchFixture.Batch(20), (context, token) => context.Delivery.Message.MessageId == "e7"
            ? Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = [RowWrite.Insert("too large", new Dictionary<string, object>())] })
            : _fixture.EnterAsync(context, token));
        Assert.Equal(RejectionReasons.EffectsNotStorable, Assert.IsType<InboxOutcome.Rejected>(outcomes[6]).Reason);
        Assert.Equal(19, outcomes.OfType<InboxOutcome.Processed>().Count());
    }

    // Law 5. A lost reply is no conflict.
    [Fact]
    public async Task A_commit_whose_reply_is_lost_is_still_this_batchs_own()
    {
        var app = _fixture.NewInstance();
        var lost = false;
        app.Gate.After = what =>
        {
            if (!lost && what.StartsWith("write", StringComparison.Ordinal))
            {
                lost = true;
                throw new StoreUnavailableException();
            }

            return Task.CompletedTask;
        };
        var outcomes = await _fixture.ApplyAsync(app, BatchFixture.Batch(10));
        Assert.True(lost);
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        Assert.Equal(10, (await _fixture.EntriesAsync()).Count);
    }

    // Law 9. Guards that an unclear commit is no commit.
    [Fact]
    public async Task Nothing_is_processed_whose_transaction_is_not_known_to_have_committed()
    {
        var app = _fixture.NewInstance();
        var writes = 0;
        app.Gate.Before = what => what.StartsWith("write", StringComparison.Ordinal) && ++writes > 1 || (writes > 1 && what.StartsWith("read", StringComparison.Ordinal))
            ? throw new StoreUnavailableException()
            : Task.CompletedTask;
        IReadOnlyList<InboxDelivery> batch = [.. Enumerable.Range(1, 120).Select(number => BatchFixture.Of(number % 2 == 0 ? "even" : "odd", $"e{number}"))];
        var outcomes = await _fixture.ApplyAsync(app, batch);
        Assert.Equal(50, outcomes.Take(50).OfType<InboxOutcome.Processed>().Count());
        Assert.Equal(2, outcomes.Skip(50).OfType<InboxOutcome.Failed>().Count());
        Assert.Equal(68, outcomes.Skip(52).OfType<InboxOutcome.HeldBack>().Count());
        Assert.Equal(50, (await _fixture.EntriesAsync()).Count);

        // It comes again.
        Assert.Equal((50, 70), Count(await _fixture.ApplyAsync(_fixture.NewInstance(), batch)));
        Assert.Equal(120, (await _fixture.EntriesAsync()).Count);
    }

    // Law 9. Guards that a copy waits for the first one's commit.
    [Fact]
    public async Task A_copy_of_what_did_not_commit_is_not_done_either()
    {
        var app = _fixture.NewInstance();
        app.Gate.Before = what => what.StartsWith("write", StringComparison.Ordinal) ? throw new StoreUnavailableException() : Task.CompletedTask;
        Assert.Equal("Failed Failed", BatchFixture.Text(await _fixture.ApplyAsync(app, [BatchFixture.Of(null, "a"), BatchFixture.Of(null, "a")])));
        Assert.Equal("Failed HeldBack", BatchFixture.Text(await _fixture.ApplyAsync(app, [BatchFixture.Of("s", "a"), BatchFixture.Of("s", "a")])));
    }

    private static (int Duplicates, int Processed) Count(IReadOnlyList<InboxOutcome> outcomes) =>
        (outcomes.OfType<InboxOutcome.Duplicate>().Count(), outcomes.OfType<InboxOutcome.Processed>().Count());

    private Task<IReadOnlyList<InboxOutcome>> ApplyAsync(AppInstance app, bool storeTellsWhich, IReadOnlyList<InboxDelivery> batch, InboxHandler handler) =>
        storeTellsWhich ? _fixture.ApplyAsync(app, batch, handler) : ApplyAsync(new SilentStore(app.Store), app, batch, handler);

    private async Task<IReadOnlyList<InboxOutcome>> ApplyAsync(IRowStore store, AppInstance app, IReadOnlyList<InboxDelivery> batch, InboxHandler handler)
    {
        using var inbox = _fixture.Inbox.NewInbox(app, writer: new RowWriter(store, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, _fixture.Outside.Time));
        return await inbox.ExecuteBatchAsync(batch, _ => InboxFixture.Account, handler, default);
    }
}
