using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Tests.Batches;

/// <summary>How many calls of the store a batch makes.</summary>
public sealed class BatchTripTests
{
    private readonly BatchFixture _fixture = new();

    [Fact]
    public async Task A_batch_of_100_messages_with_a_row_each_is_two_transactions()
    {
        var app = _fixture.NewInstance();
        var outcomes = await _fixture.ApplyAsync(app, BatchFixture.Batch(100));
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        Assert.Equal(2, app.Gate.Calls);
        Assert.Equal(100, (await _fixture.EntriesAsync()).Count);
    }

    // The reads wait for one another: one after the other they would never end.
    [Fact]
    public async Task Where_duplicates_are_looked_up_it_is_one_trip_more_since_all_are_read_at_once()
    {
        var app = _fixture.NewInstance();
        var (reads, writes) = (0, 0);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Gate.Before = what =>
        {
            if (what.StartsWith("write", StringComparison.Ordinal))
            {
                writes++;
                return Task.CompletedTask;
            }

            if (Interlocked.Increment(ref reads) == 100)
            {
                all.SetResult();
            }

            return all.Task.WaitAsync(TimeSpan.FromMinutes(1));
        };
        var outcomes = await _fixture.ApplyAsync(app, BatchFixture.Batch(100, deliveryCount: 2));
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        Assert.Equal((100, 2), (reads, writes));
    }

    [Fact]
    public async Task A_batch_that_comes_again_as_a_whole_is_looked_up_and_writes_nothing()
    {
        await _fixture.ApplyAsync(_fixture.NewInstance(), BatchFixture.Batch(100));
        _fixture.Ran.Clear();
        var app = _fixture.NewInstance();
        app.Gate.Before = what => what.StartsWith("read", StringComparison.Ordinal) ? Task.CompletedTask : throw new InvalidOperationException(what);
        var outcomes = await _fixture.ApplyAsync(app, BatchFixture.Batch(100, deliveryCount: 2));
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Duplicate>(outcome));
        Assert.Empty(_fixture.Ran);
    }

    // The refused transaction, the look at its guard by RowWriter, and all marks at once.
    [Fact]
    public async Task Copies_that_nothing_announces_cost_one_refused_transaction()
    {
        await _fixture.ApplyAsync(_fixture.NewInstance(), BatchFixture.Batch(100));
        var app = _fixture.NewInstance();
        var writes = 0;
        app.Gate.Before = what =>
        {
            writes += what.StartsWith("write", StringComparison.Ordinal) ? 1 : 0;
            return Task.CompletedTask;
        };
        var outcomes = await _fixture.ApplyAsync(app, BatchFixture.Batch(100));
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Duplicate>(outcome));
        Assert.Equal((1, 102), (writes, app.Gate.Calls));
    }

    [Fact]
    public async Task Copies_that_this_process_applied_cost_nothing()
    {
        var app = _fixture.NewInstance();
        using var inbox = _fixture.Inbox.NewInbox(app, new InboxOptions());
        await inbox.ExecuteBatchAsync(BatchFixture.Batch(100), _ => InboxFixture.Account, _fixture.EnterAsync, default);
        app.Gate.Reset();
        var outcomes = await inbox.ExecuteBatchAsync(BatchFixture.Batch(100, deliveryCount: 2), _ => InboxFixture.Account, _fixture.EnterAsync, default);
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Duplicate>(outcome));
        Assert.Equal(0, app.Gate.Calls);
    }

    // One row and a message each: the balance is read once in each transaction and written once.
    [Fact]
    public async Task One_row_that_all_events_change_is_read_and_written_once_in_each_transaction()
    {
        var app = _fixture.NewInstance();
        await _fixture.ApplyAsync(app, BatchFixture.Batch(1, first: 1_000), _fixture.AddAsync);
        app.Gate.Reset();
        var outcomes = await _fixture.ApplyAsync(app, BatchFixture.Batch(98), _fixture.AddAsync);
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        Assert.Equal(4, app.Gate.Calls);
        Assert.Equal(1_000 + (98 * 99 / 2), await _fixture.Inbox.BalanceAsync());
        Assert.Equal(99, (await _fixture.Outside.UnsentAsync()).Count);
    }

    // Each is decided on the store's own version, so each needs the one before it committed.
    [Fact]
    public async Task A_row_that_is_read_elsewhere_is_right_too_in_a_transaction_for_each_event()
    {
        var app = _fixture.NewInstance();
        var outcomes = await _fixture.ApplyAsync(app, BatchFixture.Batch(10), _fixture.Inbox.AddTo(app.Store));
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        Assert.Equal(55, await _fixture.Inbox.BalanceAsync());
    }

    [Fact]
    public async Task Partitions_that_alternate_are_a_transaction_each()
    {
        var app = _fixture.NewInstance();
        var outcomes = await _fixture.ApplyAsync(
            app, BatchFixture.Batch(40), partitionOf: delivery => new PartitionAddress(InboxFixture.Account.Table, delivery.Message.MessageId!.Length % 2 == 0 ? "even" : "odd"));
        Assert.All(outcomes, outcome => Assert.IsType<InboxOutcome.Processed>(outcome));
        Assert.Equal(2, app.Gate.Calls);
    }
}
