using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Tests.Batches;

/// <summary>Each message of a batch has an outcome of its own.</summary>
public sealed class BatchOutcomeTests
{
    private readonly BatchFixture _fixture = new();

    [Fact]
    public async Task A_copy_within_the_batch_is_a_duplicate_of_the_first()
    {
        var outcomes = await ApplyAsync(BatchFixture.Of(null, "a"), BatchFixture.Of(null, "b"), BatchFixture.Of(null, "a"), BatchFixture.Of(null, "a", deliveryCount: 2));
        Assert.Equal("Processed Processed Duplicate Duplicate", BatchFixture.Text(outcomes));
        Assert.Equal(["a", "b"], await _fixture.EntriesAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_duplicate_of_the_past_is_told_and_its_neighbours_are_applied(int deliveryCount)
    {
        await ApplyAsync(BatchFixture.Of("s", "b"));
        _fixture.Ran.Clear();
        var outcomes = await ApplyAsync(BatchFixture.Of("s", "a"), BatchFixture.Of("s", "b", deliveryCount: deliveryCount), BatchFixture.Of("s", "c"));
        Assert.Equal("Processed Duplicate Processed", BatchFixture.Text(outcomes));
        Assert.Equal(["a", "b", "c"], await _fixture.EntriesAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_event_whose_retention_is_over_is_a_new_one(int deliveryCount)
    {
        await ApplyAsync(BatchFixture.Of(null, "a"));
        _fixture.Outside.Time.Advance(_fixture.Inbox.Options.Retention + new IdempotencyOptions().ClockSkewMargin);
        var outcomes = await ApplyAsync(BatchFixture.Of(null, "a", deliveryCount: deliveryCount), BatchFixture.Of(null, "b"));
        Assert.Equal("Processed Processed", BatchFixture.Text(outcomes));
        Assert.Equal(["a", "a", "b"], await _fixture.EntriesAsync());
    }

    [Fact]
    public async Task A_rejected_message_is_dead_lettered_and_its_session_goes_on()
    {
        var outcomes = await ApplyAsync(BatchFixture.Of("s", "a"), BatchFixture.Of("s", "b", amount: 0), BatchFixture.Of("s", "c"));
        Assert.Equal("Processed Rejected Processed", BatchFixture.Text(outcomes));
        Assert.Equal("Nothing", Assert.IsType<Settlement.DeadLetter>(outcomes[1].ToSettlement()).Reason);
        Assert.Equal(["a", "c"], await _fixture.EntriesAsync());
    }

    // What was before it is committed by the time: else it would be judged by rows that may never come to be.
    [Fact]
    public async Task A_message_is_rejected_for_what_is_committed_and_not_for_what_is_pending()
    {
        var app = _fixture.NewInstance();
        app.Gate.Before = what => what.StartsWith("write", StringComparison.Ordinal) ? throw new StoreUnavailableException() : Task.CompletedTask;
        var outcomes = await _fixture.ApplyAsync(app, [BatchFixture.Of("s", "a"), BatchFixture.Of("t", "b")], async (context, token) =>
        {
            var closed = await context.ReadAsync("closed", token);
            return closed is null ? new InboxDecision.Apply { Rows = [RowWrite.Insert("closed", new Dictionary<string, object>())] } : new InboxDecision.Reject("Closed", "It is closed.");
        });
        Assert.Equal("Failed HeldBack", BatchFixture.Text(outcomes));
    }

    [Fact]
    public async Task A_message_that_names_no_event_is_rejected_by_itself()
    {
        var nameless = new InboxDelivery("statement", new InboundMessage("1"u8.ToArray()));
        var outcomes = await ApplyAsync(BatchFixture.Of(null, "a"), nameless, BatchFixture.Of(null, "b"));
        Assert.Equal("Processed Rejected Processed", BatchFixture.Text(outcomes));
        Assert.Equal(RejectionReasons.EventIdMissing, ((InboxOutcome.Rejected)outcomes[1]).Reason);
    }

    [Fact]
    public async Task A_failed_message_holds_back_its_own_session_and_no_other()
    {
        var outcomes = await ApplyAsync(
            BatchFixture.Of("s", "s1"),
            BatchFixture.Of("s", "s2", amount: -1),
            BatchFixture.Of("t", "t1"),
            BatchFixture.Of("s", "s3"),
            BatchFixture.Of(null, "free"),
            BatchFixture.Of("t", "t2"));
        Assert.Equal("Processed Failed Processed HeldBack Processed Processed", BatchFixture.Text(outcomes));
        Assert.Equal(["free", "s1", "t1", "t2"], await _fixture.EntriesAsync());
        Assert.IsType<Settlement.Abandon>(outcomes[1].ToSettlement());
        Assert.IsType<Settlement.Release>(outcomes[3].ToSettlement());
    }

    [Fact]
    public async Task A_failed_message_without_a_session_holds_back_none_and_its_copy_is_tried_too()
    {
        var outcomes = await ApplyAsync(BatchFixture.Of(null, "a", amount: -1), BatchFixture.Of(null, "a", amount: -1), BatchFixture.Of(null, "b"));
        Assert.Equal("Failed Failed Processed", BatchFixture.Text(outcomes));
    }

    [Fact]
    public async Task A_message_whose_partition_can_not_be_told_fails_at_its_turn()
    {
        var outcomes = await _fixture.ApplyAsync(
            _fixture.NewInstance(),
            [BatchFixture.Of("s", "a"), BatchFixture.Of("s", "odd"), BatchFixture.Of("s", "c"), BatchFixture.Of("t", "d")],
            partitionOf: delivery => delivery.Message.MessageId == "odd" ? throw new FormatException("odd") : InboxFixture.Account);
        Assert.Equal("Processed Failed HeldBack Processed", BatchFixture.Text(outcomes));
    }

    [Fact]
    public async Task More_rows_than_a_transaction_takes_reject_their_own_message()
    {
        var outcomes = await _fixture.ApplyAsync(_fixture.NewInstance(), [BatchFixture.Of(null, "a"), BatchFixture.Of(null, "large"), BatchFixture.Of(null, "c")], (context, token) =>
            context.Delivery.Message.MessageId == "large"
                ? Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = [.. Enumerable.Range(0, 100).Select(number => RowWrite.Insert($"r{number}", new Dictionary<string, object>()))] })
                : _fixture.EnterAsync(context, token));
        Assert.Equal("Processed Rejected Processed", BatchFixture.Text(outcomes));
    }

    [Fact]
    public async Task A_session_whose_messages_cross_partitions_keeps_its_order()
    {
        var outcomes = await _fixture.ApplyAsync(
            _fixture.NewInstance(),
            [BatchFixture.Of("s", "p1"), BatchFixture.Of("s", "q2"), BatchFixture.Of("s", "p3")],
            partitionOf: delivery => new PartitionAddress("Business", delivery.Message.MessageId![..1]));
        Assert.Equal("Processed Processed Processed", BatchFixture.Text(outcomes));
        Assert.Equal(["p1", "q2", "p3"], _fixture.Ran.Distinct());
    }

    [Fact]
    public async Task An_app_that_stops_keeps_what_is_committed_and_holds_back_the_rest()
    {
        using var stopping = new CancellationTokenSource();
        var app = _fixture.NewInstance();
        app.Gate.Before = what => what.StartsWith("write", StringComparison.Ordinal) ? stopping.CancelAsync() : Task.CompletedTask;
        var outcomes = await _fixture.ApplyAsync(app, BatchFixture.Batch(60), cancellationToken: stopping.Token);
        Assert.Equal((50, 10), (outcomes.OfType<InboxOutcome.Processed>().Count(), outcomes.OfType<InboxOutcome.HeldBack>().Count()));
        Assert.Equal(50, (await _fixture.EntriesAsync()).Count);
    }

    private Task<IReadOnlyList<InboxOutcome>> ApplyAsync(params InboxDelivery[] batch) => _fixture.ApplyAsync(_fixture.NewInstance(), batch);
}
