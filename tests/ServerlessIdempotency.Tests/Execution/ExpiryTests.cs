using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Tests.Execution;

/// <summary>Laws 8, 13 and 15: how long an operation is remembered, on every clock.</summary>
public sealed class ExpiryTests
{
    private readonly EngineFixture _fixture = new();
    private readonly List<string> _keys = [];

    // Guards the margin in IsExpired of Claimant.
    [Fact]
    public async Task An_instance_with_a_fast_clock_replays_until_the_promised_expiry()
    {
        var executed = Assert.IsType<ExecutionOutcome.Executed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        _fixture.Time.SetUtcNow(executed.ExpiresAt - TimeSpan.FromTicks(1));
        var ahead = new FakeTimeProvider(_fixture.Time.GetUtcNow() + _fixture.Options.ClockSkewMargin);

        Assert.IsType<ExecutionOutcome.Replayed>(await _fixture.NewEngine(time: ahead).ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        Assert.Equal(1, _fixture.Runs);
    }

    // Guards Kept in Claim: the lapse extends the record.
    [Fact]
    public async Task A_retry_after_a_failure_near_the_expiry_acts_under_the_same_outside_key()
    {
        var engine = _fixture.NewEngine();
        await engine.ExecuteAsync(EngineFixture.Operation(), (context, _) => FailAtAsync(context, _fixture.Options.Retention - TimeSpan.FromMinutes(1)), default);
        _fixture.Time.Advance(TimeSpan.FromMinutes(2));

        await engine.ExecuteAsync(EngineFixture.Operation(), CompleteAsync, default);

        Assert.Equal(2, _keys.Count);
        Assert.Single(_keys.Distinct());
    }

    // Guards ExpiresAt in NextClaim of Claimant.
    [Fact]
    public async Task A_takeover_near_the_expiry_keeps_the_outside_key_for_the_attempt_after_it()
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        await DieAsync(partitioned);
        _fixture.Time.Advance(_fixture.Options.Retention - TimeSpan.FromMinutes(1));
        await DieAsync(partitioned);
        _fixture.Time.Advance(TimeSpan.FromMinutes(2));

        await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), CompleteAsync, default);

        Assert.Equal(3, _keys.Count);
        Assert.Single(_keys.Distinct());
    }

    [Fact]
    public async Task A_longer_retention_that_another_channel_asked_for_stays()
    {
        var engine = _fixture.NewEngine();
        var byQueue = EngineFixture.Operation() with { Retention = TimeSpan.FromDays(8) };
        await engine.ExecuteAsync(byQueue, (context, _) => FailAtAsync(context, TimeSpan.Zero), default);
        await engine.ExecuteAsync(EngineFixture.Operation(), CompleteAsync, default);
        _fixture.Time.Advance(TimeSpan.FromDays(7));

        Assert.IsType<ExecutionOutcome.Replayed>(await engine.ExecuteAsync(byQueue, CompleteAsync, default));
    }

    // Guards the copy in CompletedRecordCache.
    [Fact]
    public async Task A_handler_that_uses_its_buffer_again_changes_no_stored_answer()
    {
        _fixture.Options.LocalCacheBytes = 1024 * 1024;
        var buffer = "first"u8.ToArray();
        using var engine = _fixture.NewEngine();
        await engine.ExecuteAsync(EngineFixture.Operation(), (_, _) => Task.FromResult(HandlerOutcome.Completed(new OperationResult(200, [], buffer))), default);
        "other"u8.CopyTo(buffer);

        var replayed = Assert.IsType<ExecutionOutcome.Replayed>(await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        Assert.Equal("first", EngineFixture.Text(replayed.Result));
    }

    private Task<HandlerOutcome<OperationResult>> FailAtAsync(OperationContext context, TimeSpan after)
    {
        _keys.Add(context.StableKey("charge"));

        // No renewal meets this: its timer would fire in the middle of the call.
        _fixture.Time.SetUtcNow(context.StartedAt + after);
        return Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("503")));
    }

    private Task<HandlerOutcome<OperationResult>> CompleteAsync(OperationContext context, CancellationToken cancellationToken)
    {
        _keys.Add(context.StableKey("charge"));
        return Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done")));
    }

    /// <summary>Claims, acts outside and is not heard of again: its lease ends by itself.</summary>
    private async Task DieAsync(FaultyRowStore store)
    {
        store.IsDown = false;
        Assert.IsType<ExecutionOutcome.Unavailable>(await _fixture.NewEngine(store).ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            (context, _) =>
            {
                _keys.Add(context.StableKey("charge"));
                store.IsDown = true;
                throw new StoreUnavailableException();
            },
            default));
    }
}
