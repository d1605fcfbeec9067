using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Conditional;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Tests.Conditional;

public sealed class ConditionalUpdateTests
{
    private static readonly RowAddress Address = new("Business", "p", "thing");

    private readonly InMemoryRowStore _memory = new();
    private readonly FaultyRowStore _store;
    private readonly ConditionalUpdate _update;

    public ConditionalUpdateTests()
    {
        _store = new FaultyRowStore(_memory);
        _update = new ConditionalUpdate(new RowWriter(_store, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, new FakeTimeProvider()));
    }

    [Fact]
    public async Task A_row_that_meets_the_condition_is_changed_and_keeps_its_other_columns()
    {
        await InsertAsync("open");

        var updated = Assert.IsType<ConditionalOutcome.Updated>(await CloseAsync());

        Assert.Equal(("closed", 7L), (updated.Row.GetString("Status"), updated.Row.GetInt64("N")));
        Assert.Equal(updated.Row.ETag, (await _memory.ReadAsync(Address, default))!.ETag);
    }

    [Fact]
    public async Task A_row_that_does_not_meet_it_stays_and_is_shown()
    {
        await InsertAsync("gone");

        Assert.Equal("gone", Assert.IsType<ConditionalOutcome.ConditionFailed>(await CloseAsync()).Current.GetString("Status"));
        Assert.Equal(0, _store.Writes);
    }

    /// <summary>The library's own columns are named so that no user's are overwritten.</summary>
    [Fact]
    public async Task A_column_of_the_app_named_OperationId_is_kept()
    {
        await _memory.WriteAsync(
            new RowTransaction(Address.Partition, [RowWrite.Insert(Address.RowKey, new Dictionary<string, object> { ["Status"] = "open", ["OperationId"] = "mine", ["ExpiresAt"] = "never" })]), default);

        await CloseAsync();

        var row = (await _memory.ReadAsync(Address, default))!;
        Assert.Equal(("closed", "mine", "never"), (row.GetString("Status"), row.GetString("OperationId"), row.GetString("ExpiresAt")));
    }

    [Theory]
    [MemberData(nameof(EqualValues))]
    public async Task A_column_is_compared_as_a_store_does(object stored, object expected)
    {
        await _memory.WriteAsync(new RowTransaction(Address.Partition, [RowWrite.Insert(Address.RowKey, new Dictionary<string, object> { ["N"] = stored })]), default);

        Assert.IsType<ConditionalOutcome.Updated>(await _update.UpdateAsync(Address, "N", expected, new Dictionary<string, object> { ["N"] = "set" }, default));
    }

    public static TheoryData<object, object> EqualValues => new() { { 5, 5L }, { 5L, 5 }, { new byte[] { 1, 2 }, new byte[] { 1, 2 } } };

    [Fact]
    public async Task No_row_is_not_found() => Assert.IsType<ConditionalOutcome.NotFound>(await CloseAsync());

    // Guards the version that the write carries: without it the other one's change would be overwritten.
    [Fact]
    public async Task A_row_that_changed_but_still_meets_the_condition_is_changed_as_it_is_now()
    {
        await InsertAsync("open");
        _store.BeforeWrite = _ => Once(() => SetAsync("open", 8));

        var updated = Assert.IsType<ConditionalOutcome.Updated>(await CloseAsync());

        Assert.Equal(8, updated.Row.GetInt64("N"));
        Assert.Equal(2, _store.Writes);
    }

    /// <summary>Guards the ETag in <c>ConditionalUpdate.UpdateAsync</c>: the row changes between the read and the decision.</summary>
    [Fact]
    public async Task A_decision_about_a_row_that_has_changed_since_it_was_read_is_not_laid_over_it()
    {
        await InsertAsync("open");
        _store.AfterRead = () => SetAsync("taken", 8);

        Assert.IsType<ConditionalOutcome.ConditionFailed>(await CloseAsync());
        Assert.Equal("taken", (await _memory.ReadAsync(Address, default))!.GetString("Status"));
    }

    [Fact]
    public async Task A_changed_row_that_no_longer_meets_the_condition_is_left_alone()
    {
        await InsertAsync("open");
        _store.BeforeWrite = _ => Once(() => SetAsync("taken", 8));

        Assert.Equal("taken", Assert.IsType<ConditionalOutcome.ConditionFailed>(await CloseAsync()).Current.GetString("Status"));
        Assert.Equal("taken", (await _memory.ReadAsync(Address, default))!.GetString("Status"));
    }

    [Fact]
    public async Task A_row_that_never_stops_changing_is_given_up()
    {
        await InsertAsync("open");
        var n = 0L;
        _store.BeforeWrite = _ => SetAsync("open", ++n);

        Assert.Equal(ConditionalUpdate.MaxAttempts, Assert.IsType<ConditionalOutcome.Contended>(await CloseAsync()).Attempts);
        Assert.Equal("open", (await _memory.ReadAsync(Address, default))!.GetString("Status"));
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.RetriedAfter)]
    public async Task A_lost_reply_is_recognised_as_its_own_write(Fault fault)
    {
        await InsertAsync("open");
        _store.FailWrites(fault);

        Assert.IsType<ConditionalOutcome.Updated>(await CloseAsync());
        Assert.Equal("closed", (await _memory.ReadAsync(Address, default))!.GetString("Status"));
    }

    [Fact]
    public async Task Of_32_concurrent_updates_of_one_status_one_succeeds()
    {
        await InsertAsync("open");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(CloseAsync)));

        Assert.Single(outcomes.OfType<ConditionalOutcome.Updated>());
        Assert.Equal(31, outcomes.OfType<ConditionalOutcome.ConditionFailed>().Count());
    }

    [Fact]
    public async Task Rows_beside_it_are_written_with_it_or_not_at_all()
    {
        await InsertAsync("open");
        Task<ConditionalChange?> Decide(Row row, CancellationToken cancellationToken) => Task.FromResult<ConditionalChange?>(
            new ConditionalChange(new Dictionary<string, object>(row.Values) { ["Status"] = "closed" }) { Beside = [RowWrite.Insert("beside", new Dictionary<string, object>())] });

        Assert.IsType<ConditionalOutcome.Updated>(await _update.UpdateAsync(Address, Decide, default));
        await SetAsync("open", 1);
        Assert.IsType<ConditionalOutcome.Contended>(await _update.UpdateAsync(Address, Decide, default));
        Assert.Equal("open", (await _memory.ReadAsync(Address, default))!.GetString("Status"));
    }

    private bool _did;

    private Task Once(Func<Task> act)
    {
        if (_did)
        {
            return Task.CompletedTask;
        }

        _did = true;
        return act();
    }

    private Task<ConditionalOutcome> CloseAsync() => _update.UpdateAsync(Address, "Status", "open", new Dictionary<string, object> { ["Status"] = "closed" }, default);

    private Task<WriteOutcome> InsertAsync(string status) => _memory.WriteAsync(
        new RowTransaction(Address.Partition, [RowWrite.Insert(Address.RowKey, new Dictionary<string, object> { ["Status"] = status, ["N"] = 7L })]), default);

    private async Task SetAsync(string status, long n)
    {
        var row = (await _memory.ReadAsync(Address, default))!;
        await _memory.WriteAsync(new RowTransaction(Address.Partition, [RowWrite.Replace(Address.RowKey, new Dictionary<string, object> { ["Status"] = status, ["N"] = n }, row.ETag)]), default);
    }
}
