using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Outbox;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Tests.Execution;

/// <summary>Operations without a claim: their record and rows are one insert.</summary>
public sealed class SingleTripTests
{
    private readonly EngineFixture _fixture = new();
    private int _runs;

    [Fact]
    public async Task A_new_operation_costs_one_round_trip_a_repeat_two_and_a_known_retry_one()
    {
        var first = Assert.IsType<ExecutionOutcome<string>.Executed>(await ExecuteAsync());
        Assert.Equal((1, 0), (_fixture.Store.Writes, _fixture.Store.Reads));

        _fixture.Store.ResetCounts();
        var repeat = Assert.IsType<ExecutionOutcome<string>.Replayed>(await ExecuteAsync());
        Assert.Equal((1, 1), (_fixture.Store.Writes, _fixture.Store.Reads));

        _fixture.Store.ResetCounts();
        var retry = Assert.IsType<ExecutionOutcome<string>.Replayed>(await ExecuteAsync(EngineFixture.Operation() with { LikelyRetry = true }));
        Assert.Equal((0, 1), (_fixture.Store.Writes, _fixture.Store.Reads));

        // The repeat ran, and nothing of it is there; the retry did not.
        Assert.Equal(2, _runs);
        Assert.All([first.Result, repeat.Result, retry.Result], result => Assert.Equal("run 1", EngineFixture.Text(result)));
        Assert.All([repeat.ExpiresAt, retry.ExpiresAt], expiresAt => Assert.Equal(first.ExpiresAt, expiresAt));
        Assert.Single(await _fixture.PaymentsAsync());
    }

    [Fact]
    public async Task A_repeat_in_the_same_process_costs_nothing_and_runs_nothing()
    {
        _fixture.Options.LocalCacheBytes = 1024 * 1024;
        using var engine = _fixture.NewEngine();
        await engine.ExecuteSingleTripAsync(EngineFixture.Operation(), HandleAsync, default);
        _fixture.Store.ResetCounts();

        Assert.IsType<ExecutionOutcome<string>.Replayed>(await engine.ExecuteSingleTripAsync(EngineFixture.Operation(), HandleAsync, default));
        Assert.Equal((0, 0, 1), (_fixture.Store.Writes, _fixture.Store.Reads, _runs));
    }

    /// <summary>Guards that the record is the first write of the transaction, and that it is inserted.</summary>
    [Fact]
    public async Task Of_two_at_once_both_run_one_commits_and_the_other_replays()
    {
        var both = new CountdownEvent(2);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => ExecuteAsync(handler: (context, token) =>
        {
            both.Signal();
            Assert.True(both.Wait(TimeSpan.FromMinutes(1), token));
            return HandleAsync(context, token);
        }))));

        Assert.Equal(2, _runs);
        var executed = Assert.Single(outcomes.OfType<ExecutionOutcome<string>.Executed>());
        var replayed = Assert.Single(outcomes.OfType<ExecutionOutcome<string>.Replayed>());
        Assert.Equal(EngineFixture.Text(executed.Result), EngineFixture.Text(replayed.Result));
        Assert.Single(await _fixture.PaymentsAsync());
    }

    [Fact]
    public async Task Another_request_under_the_key_is_told_so_and_leaves_nothing()
    {
        await ExecuteAsync();
        foreach (var isRetry in new[] { false, true })
        {
            Assert.IsType<ExecutionOutcome<string>.Mismatch>(await ExecuteAsync(EngineFixture.Operation(body: """{"amount":2}""") with { LikelyRetry = isRetry }));
        }

        Assert.Single(await _fixture.PaymentsAsync());
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.RetriedAfter)]
    public async Task A_lost_reply_of_the_commit_is_recognised(Fault fault)
    {
        _fixture.Store.FailWrites(fault);

        Assert.IsType<ExecutionOutcome<string>.Executed>(await ExecuteAsync());
        Assert.Equal(1, _runs);
        Assert.Single(await _fixture.PaymentsAsync());
    }

    [Fact]
    public async Task A_store_that_is_away_says_that_the_handler_ran()
    {
        _fixture.Store.IsDown = true;
        Assert.True(Assert.IsType<ExecutionOutcome<string>.Unavailable>(await ExecuteAsync()).HandlerRan);
        Assert.False(Assert.IsType<ExecutionOutcome<string>.Unavailable>(await ExecuteAsync(EngineFixture.Operation() with { LikelyRetry = true })).HandlerRan);
    }

    [Fact]
    public async Task After_the_retention_it_is_a_new_operation()
    {
        var first = Assert.IsType<ExecutionOutcome<string>.Executed>(await ExecuteAsync());
        _fixture.Time.Advance(_fixture.Options.Retention + _fixture.Options.ClockSkewMargin);

        var second = Assert.IsType<ExecutionOutcome<string>.Executed>(await ExecuteAsync());
        Assert.True(second.ExpiresAt > first.ExpiresAt);
        Assert.Equal(2, (await _fixture.PaymentsAsync()).Count);
    }

    /// <summary>Law 13: a handler that claims may reach the operation by another channel.</summary>
    [Fact]
    public async Task A_claim_is_respected_and_once_it_has_lapsed_its_owner_changes_nothing()
    {
        ExecutionOutcome<string>? during = null;
        ExecutionOutcome<string>? after = null;
        var slow = await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            async (context, token) =>
            {
                during ??= await ExecuteAsync();
                _fixture.Store.IsDown = true;
                _fixture.Time.Advance(_fixture.Options.Lease + _fixture.Options.ClockSkewMargin);
                _fixture.Store.IsDown = false;
                after ??= await ExecuteAsync();
                return await _fixture.Handle(context, token);
            },
            default);

        Assert.IsType<ExecutionOutcome<string>.InProgress>(during);
        var taken = Assert.IsType<ExecutionOutcome<string>.Executed>(after);
        Assert.Equal(EngineFixture.Text(taken.Result), EngineFixture.Text(Assert.IsType<ExecutionOutcome.Replayed>(slow).Result));
        Assert.Equal(taken.Value, Assert.Single(await _fixture.PaymentsAsync()).GetString("Run"));
    }

    [Fact]
    public async Task A_caller_who_waits_gets_the_result_of_the_claims_owner()
    {
        var told = await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            async (context, token) =>
            {
                var waiting = ExecuteAsync(EngineFixture.Operation() with { Wait = TimeSpan.FromSeconds(1) });
                Assert.False(waiting.IsCompleted);
                _fixture.Time.Advance(TimeSpan.FromSeconds(2));
                Assert.IsType<ExecutionOutcome<string>.InProgress>(await waiting);
                return await _fixture.Handle(context, token);
            },
            default);

        Assert.NotNull(told);
        Assert.IsType<ExecutionOutcome<string>.Replayed>(await ExecuteAsync());
        Assert.Single(await _fixture.PaymentsAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_fails_leaves_nothing_and_runs_again(bool isWithoutEffect)
    {
        var failed = await ExecuteAsync(handler: (_, _) => Task.FromResult(isWithoutEffect ? HandlerOutcome.NoEffect("no") : HandlerOutcome.Failed("no")));

        Assert.Equal("no", Assert.IsType<ExecutionOutcome<string>.NotStored>(failed).Value);
        Assert.Equal(0, _fixture.Store.Writes);
        Assert.IsType<ExecutionOutcome<string>.Executed>(await ExecuteAsync());
    }

    /// <summary>Guards the look at the record after a failure: the rows of the run that was committed may be what the handler stumbled over.</summary>
    [Fact]
    public async Task What_fails_after_another_run_was_committed_replays_it()
    {
        var outcome = await ExecuteAsync(handler: async (_, _) =>
        {
            await ExecuteAsync();
            return HandlerOutcome.Failed("It is there already.");
        });

        Assert.Equal("run 1", EngineFixture.Text(Assert.IsType<ExecutionOutcome<string>.Replayed>(outcome).Result));
    }

    [Fact]
    public async Task Rows_that_have_changed_are_decided_again_on_fresh_ones()
    {
        var outcome = await ExecuteAsync(handler: (context, token) => context.Attempt < 3
            ? Task.FromResult<HandlerOutcome<string>>(new HandlerOutcome<string>.Completed("told", OperationResult.Empty) { Rows = [RowWrite.Replace("account", new Dictionary<string, object>(), "stale")] })
            : HandleAsync(context, token));
        Assert.IsType<ExecutionOutcome<string>.Executed>(outcome);

        var contended = await ExecuteAsync(
            EngineFixture.Operation(key: "other"),
            (_, _) => Task.FromResult<HandlerOutcome<string>>(new HandlerOutcome<string>.Completed("told", OperationResult.Empty) { Rows = [RowWrite.Replace("account", new Dictionary<string, object>(), "stale")] }));
        Assert.Equal(_fixture.Options.MaxCommitAttempts, Assert.IsType<ExecutionOutcome<string>.Contended>(contended).Attempts);
    }

    /// <summary>Nothing holds the key while a run is slow: guards that it is not committed after another one may have been committed and forgotten.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public async Task A_run_that_took_longer_than_it_may_is_not_committed(int secondsBeyond, bool isTimedOut)
    {
        var operation = EngineFixture.Operation() with { Retention = TimeSpan.FromMinutes(1), MaxExecution = TimeSpan.FromMinutes(10) };
        var outcome = await ExecuteAsync(operation, (context, token) =>
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(60 + secondsBeyond));
            return HandleAsync(context, token);
        });

        Assert.Equal(isTimedOut, outcome is ExecutionOutcome<string>.TimedOut { IsOutcomeUnknown: false });
        Assert.Equal(isTimedOut ? 0 : 1, (await _fixture.PaymentsAsync()).Count);
    }

    [Fact]
    public async Task A_handler_is_told_to_stop_at_MaxExecution()
    {
        var outcome = await ExecuteAsync(EngineFixture.Operation() with { MaxExecution = TimeSpan.FromSeconds(10) }, async (_, token) =>
        {
            _fixture.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(Timeout.Infinite, token);
            return HandlerOutcome.Failed("never");
        });

        Assert.Equal(TimeSpan.FromSeconds(10), Assert.IsType<ExecutionOutcome<string>.TimedOut>(outcome).MaxExecution);
    }

    [Fact]
    public async Task More_rows_than_a_transaction_takes_are_an_error_that_leaves_nothing()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => ExecuteAsync(handler: (_, _) => Task.FromResult<HandlerOutcome<string>>(new HandlerOutcome<string>.Completed("told", OperationResult.Empty)
        {
            Rows = [.. Enumerable.Range(0, 100).Select(number => RowWrite.Insert($"row|{number}", new Dictionary<string, object>()))],
        })));

        Assert.Equal(0, _fixture.Store.Writes);
        Assert.IsType<ExecutionOutcome<string>.Executed>(await ExecuteAsync());
    }

    [Fact]
    public async Task A_result_that_is_too_large_is_a_tombstone()
    {
        var noise = new byte[800 * 1024];
        new Random(1).NextBytes(noise);
        Task<HandlerOutcome<string>> Large(SingleTripContext context, CancellationToken token) => Task.FromResult<HandlerOutcome<string>>(new HandlerOutcome<string>.Completed("told", new OperationResult(201, [], noise)));

        Assert.IsType<ExecutionOutcome<string>.Executed>(await ExecuteAsync(handler: Large));
        Assert.Equal(noise.Length, Assert.IsType<ExecutionOutcome<string>.Replayed>(await ExecuteAsync(handler: Large)).Result.OmittedBodyLength);
    }

    [Fact]
    public async Task A_crash_policy_is_refused_since_nothing_could_hold_it()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => ExecuteAsync(EngineFixture.Operation() with { CrashPolicy = CrashPolicy.Block }));
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task Messages_are_rows_of_the_same_transaction_and_only_those_of_the_committed_run_are_sent()
    {
        var outbox = new OutboxFixture();
        var app = outbox.NewInstance();
        await SendAsync("warm");
        app.Gate.Reset();

        Assert.IsType<ExecutionOutcome<string>.Executed>(await SendAsync("k"));
        Assert.Equal(1, app.Gate.Calls);
        Assert.IsType<ExecutionOutcome<string>.Replayed>(await SendAsync("k"));
        Assert.Equal(2, (await outbox.UnsentAsync()).Count);

        Task<ExecutionOutcome<string>> SendAsync(string key) => app.Engine.ExecuteSingleTripAsync<string>(
            EngineFixture.Operation(key),
            (_, _) => Task.FromResult<HandlerOutcome<string>>(new HandlerOutcome<string>.Completed("told", OperationResult.Empty) { Messages = [OutboxFixture.Message($"of {key}")] }),
            default);
    }

    private async Task<ExecutionOutcome<string>> ExecuteAsync(Operation? operation = null, Func<SingleTripContext, CancellationToken, Task<HandlerOutcome<string>>>? handler = null)
    {
        using var engine = _fixture.NewEngine();
        return await engine.ExecuteSingleTripAsync(operation ?? EngineFixture.Operation(), handler ?? HandleAsync, default);
    }

    private Task<HandlerOutcome<string>> HandleAsync(SingleTripContext context, CancellationToken cancellationToken)
    {
        var run = $"run {Interlocked.Increment(ref _runs)}";
        return Task.FromResult<HandlerOutcome<string>>(new HandlerOutcome<string>.Completed(run, EngineFixture.Result(run))
        {
            Rows = [RowWrite.Insert($"payment|{run}", new Dictionary<string, object> { ["Run"] = run })],
        });
    }
}
