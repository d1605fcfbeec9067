using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Tests.Execution;

/// <summary>Laws 1, 2, 5, 7, 8 and 10, and the budgets, on the engine over memory.</summary>
public sealed class OneResultTests
{
    private readonly EngineFixture _fixture = new();

    [Fact]
    public async Task The_first_call_executes_and_every_later_one_replays_its_result()
    {
        var engine = _fixture.NewEngine();

        var first = Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        var second = Assert.IsType<ExecutionOutcome.Replayed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));

        Assert.Equal(("run 1", "run 1"), (EngineFixture.Text(first.Result), EngineFixture.Text(second.Result)));
        Assert.Equal(first.ExpiresAt, second.ExpiresAt);
        Assert.Single(await _fixture.PaymentsAsync());
    }

    [Fact]
    public async Task A_new_operation_costs_two_round_trips_a_replay_two_and_a_known_retry_one()
    {
        var engine = _fixture.NewEngine();
        await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default);
        Assert.Equal((2, 0), (_fixture.Store.Writes, _fixture.Store.Reads));

        _fixture.Store.ResetCounts();
        await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default);
        Assert.Equal((1, 1), (_fixture.Store.Writes, _fixture.Store.Reads));

        _fixture.Store.ResetCounts();
        await engine.ExecuteAsync(EngineFixture.Operation() with { LikelyRetry = true }, _fixture.Handle, default);
        Assert.Equal((0, 1), (_fixture.Store.Writes, _fixture.Store.Reads));
    }

    [Fact]
    public async Task A_replay_from_the_local_cache_costs_nothing_and_still_checks_fingerprint_and_expiry()
    {
        _fixture.Options.LocalCacheBytes = 1024 * 1024;
        var engine = _fixture.NewEngine();
        await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default);
        _fixture.Store.ResetCounts();

        Assert.IsType<ExecutionOutcome.Replayed>(await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        Assert.IsType<ExecutionOutcome.Mismatch>(await engine.ExecuteAsync(EngineFixture.Operation(body: """{"amount":2}"""), _fixture.Handle, default));
        Assert.Equal((0, 0), (_fixture.Store.Writes, _fixture.Store.Reads));

        _fixture.Time.Advance(_fixture.Options.Retention + _fixture.Options.ClockSkewMargin);
        Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    /// <summary>Guards <c>ResultLimits.Apply</c> in <c>Claim.CompleteAsync</c> (law 14).</summary>
    [Fact]
    public async Task A_result_too_large_to_be_stored_commits_its_rows_and_a_tombstone()
    {
        var engine = _fixture.NewEngine();
        async Task<HandlerOutcome<OperationResult>> Large(OperationContext context, CancellationToken cancellationToken) =>
            (HandlerOutcome<OperationResult>.Completed)await _fixture.Handle(context, cancellationToken) with
            {
                Result = new OperationResult(201, [KeyValuePair.Create("Location", "/a")], new byte[9 * 1024 * 1024]),
            };

        await engine.ExecuteAsync(EngineFixture.Operation(), Large, default);
        var replayed = Assert.IsType<ExecutionOutcome.Replayed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), Large, default));

        Assert.Equal(1, _fixture.Runs);
        Assert.Equal((201, 9L * 1024 * 1024, true), (replayed.Result.StatusCode, replayed.Result.OmittedBodyLength, replayed.Result.Body.IsEmpty));
        Assert.Equal([KeyValuePair.Create("Location", "/a")], replayed.Result.Headers);
        Assert.Single(await _fixture.PaymentsAsync());
    }

    [Fact]
    public async Task Of_64_concurrent_callers_one_executes()
    {
        var engine = _fixture.NewEngine();
        var release = new TaskCompletionSource();
        async Task<HandlerOutcome<OperationResult>> Slow(OperationContext context, CancellationToken cancellationToken)
        {
            var outcome = await _fixture.Handle(context, cancellationToken);
            await release.Task;
            return outcome;
        }

        var calls = Enumerable.Range(0, 64).Select(_ => Task.Run(() => engine.ExecuteAsync(EngineFixture.Operation(), Slow, default))).ToArray();
        var others = await Task.WhenAll(await FirstAsync(calls, 63));
        release.SetResult();
        var outcomes = await Task.WhenAll(calls);

        Assert.Equal(1, _fixture.Runs);
        Assert.All(others, other => Assert.IsType<ExecutionOutcome.InProgress>(other));
        Assert.Single(outcomes.OfType<ExecutionOutcome.Executed>());
    }

    [Fact]
    public async Task The_same_key_with_another_request_neither_runs_nor_replays()
    {
        var engine = _fixture.NewEngine();
        await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default);

        Assert.IsType<ExecutionOutcome.Mismatch>(await engine.ExecuteAsync(EngineFixture.Operation(body: """{"amount":2}"""), _fixture.Handle, default));
        Assert.Equal(1, _fixture.Runs);
    }

    [Fact]
    public async Task Another_request_under_the_key_of_a_failed_attempt_is_a_mismatch_too()
    {
        var engine = _fixture.NewEngine();
        await engine.ExecuteAsync(EngineFixture.Operation(), (_, _) => Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("no"))), default);

        Assert.IsType<ExecutionOutcome.Mismatch>(await engine.ExecuteAsync(EngineFixture.Operation(body: """{"amount":2}"""), _fixture.Handle, default));
    }

    /// <summary>Guards the operation's name in <c>RecordAddress.Of</c>.</summary>
    [Fact]
    public async Task The_same_key_of_another_operation_is_another_operation()
    {
        var engine = _fixture.NewEngine();
        await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default);

        Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation() with { Scope = new OperationScope("alice", "refund") }, _fixture.Handle, default));
        Assert.Equal(2, _fixture.Runs);
    }

    /// <summary>Guards the step's name in <c>OperationContext.StableKey</c>: two outside calls under one key would be one.</summary>
    [Fact]
    public async Task Each_step_has_an_outside_key_of_its_own()
    {
        await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            (context, cancellationToken) =>
            {
                Assert.Equal(context.StableKey("charge"), context.StableKey("charge"));
                Assert.NotEqual(context.StableKey("charge"), context.StableKey("mail"));
                return _fixture.Handle(context, cancellationToken);
            },
            default);

        Assert.Equal(1, _fixture.Runs);
    }

    [Fact]
    public async Task The_same_key_of_another_principal_is_another_operation()
    {
        var engine = _fixture.NewEngine();
        await engine.ExecuteAsync(EngineFixture.Operation(principal: "alice"), _fixture.Handle, default);

        var bob = Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(principal: "bob", body: """{"amount":9}"""), _fixture.Handle, default));

        Assert.Equal("run 2", EngineFixture.Text(bob.Result));
    }

    [Fact]
    public async Task Past_the_retention_the_key_is_a_new_operation_with_new_outside_keys()
    {
        var engine = _fixture.NewEngine();
        var keys = new List<string>();
        Task<HandlerOutcome<OperationResult>> Charge(OperationContext context, CancellationToken cancellationToken)
        {
            keys.Add(context.StableKey("charge"));
            return _fixture.Handle(context, cancellationToken);
        }

        await engine.ExecuteAsync(EngineFixture.Operation(), Charge, default);
        _fixture.Time.Advance(_fixture.Options.Retention + _fixture.Options.ClockSkewMargin - TimeSpan.FromTicks(1));
        Assert.IsType<ExecutionOutcome.Replayed>(await engine.ExecuteAsync(EngineFixture.Operation(), Charge, default));
        _fixture.Time.Advance(TimeSpan.FromTicks(1));
        Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(body: """{"amount":7}"""), Charge, default));

        Assert.Equal(2, keys.Distinct().Count());
        Assert.Equal(2, (await _fixture.PaymentsAsync()).Count);
    }

    [Theory]
    [InlineData(Fault.After, Fault.None)]
    [InlineData(Fault.RetriedAfter, Fault.None)]
    [InlineData(Fault.Before, Fault.None)]
    [InlineData(Fault.None, Fault.After)]
    [InlineData(Fault.None, Fault.RetriedAfter)]
    [InlineData(Fault.None, Fault.Before)]
    [InlineData(Fault.After, Fault.RetriedAfter)]
    public async Task Lost_replies_of_claim_and_commit_are_not_seen_by_the_caller(Fault claim, Fault commit)
    {
        _fixture.Store.FailWrites(claim);
        if (claim is Fault.Before or Fault.After)
        {
            // The resend or the read-back follows without a further fault.
            _fixture.Store.FailWrites(claim == Fault.Before ? [Fault.None] : []);
        }

        _fixture.Store.FailWrites(commit);

        var outcome = await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default);

        Assert.Equal("run 1", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Executed>(outcome).Result));
        Assert.Equal(1, _fixture.Runs);
        Assert.Single(await _fixture.PaymentsAsync());
    }

    [Fact]
    public async Task A_store_that_is_down_means_unavailable_and_the_handler_does_not_run()
    {
        _fixture.Store.IsDown = true;

        var outcome = await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default);

        Assert.False(Assert.IsType<ExecutionOutcome.Unavailable>(outcome).HandlerRan);
        Assert.Equal(0, _fixture.Runs);
    }

    [Fact]
    public async Task A_store_that_goes_down_before_the_commit_means_unavailable_and_a_retry_ends_well()
    {
        var engine = _fixture.NewEngine();
        var outcome = await engine.ExecuteAsync(
            EngineFixture.Operation(),
            (context, cancellationToken) =>
            {
                _fixture.Store.IsDown = true;
                return _fixture.Handle(context, cancellationToken);
            },
            default);
        Assert.True(Assert.IsType<ExecutionOutcome.Unavailable>(outcome).HandlerRan);

        _fixture.Store.IsDown = false;
        _fixture.Time.Advance(_fixture.Options.Lease + _fixture.Options.ClockSkewMargin);

        Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        Assert.Single(await _fixture.PaymentsAsync());
    }

    [Fact]
    public async Task A_record_on_its_own_works_the_same()
    {
        var operation = EngineFixture.Operation() with { Placement = RecordPlacement.Standalone };
        var engine = _fixture.NewEngine();
        var handle = (OperationContext _, CancellationToken _) => Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done")));

        Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(operation, handle.Invoke, default));
        Assert.IsType<ExecutionOutcome.Replayed>(await engine.ExecuteAsync(operation, handle.Invoke, default));
    }

    [Fact]
    public async Task Business_rows_that_changed_since_the_handler_read_them_make_it_decide_again()
    {
        var address = EngineFixture.Partition.Row("counter");
        await Increment(null);
        var reads = 0;

        var outcome = await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            async (_, cancellationToken) =>
            {
                var row = (await _fixture.Memory.ReadAsync(address, cancellationToken))!;
                if (++reads == 1)
                {
                    await Increment(row);
                }

                return HandlerOutcome.Completed(
                    EngineFixture.Result($"{row.GetInt64("N") + 1}"),
                    rows: [RowWrite.Replace("counter", new Dictionary<string, object> { ["N"] = row.GetInt64("N")!.Value + 1 }, row.ETag)]);
            },
            default);

        Assert.Equal("3", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Executed>(outcome).Result));
        Assert.Equal(3, (await _fixture.Memory.ReadAsync(address, default))!.GetInt64("N"));

        async Task Increment(Row? row) => await _fixture.Memory.WriteAsync(
            new RowTransaction(EngineFixture.Partition, [row is null
                ? RowWrite.Insert("counter", new Dictionary<string, object> { ["N"] = 1L })
                : RowWrite.Replace("counter", new Dictionary<string, object> { ["N"] = row.GetInt64("N")!.Value + 1 }, row.ETag)]),
            default);
    }

    [Fact]
    public async Task Rows_that_never_stop_changing_end_as_contended_with_nothing_stored()
    {
        var outcome = await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            (_, _) => Task.FromResult(HandlerOutcome.Completed(
                EngineFixture.Result("x"),
                rows: [RowWrite.Replace("missing", new Dictionary<string, object>(), "1")])),
            default);

        Assert.Equal(_fixture.Options.MaxCommitAttempts, Assert.IsType<ExecutionOutcome.Contended>(outcome).Attempts);
        Assert.IsType<ExecutionOutcome.Executed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    private static async Task<Task<ExecutionOutcome>[]> FirstAsync(Task<ExecutionOutcome>[] calls, int count)
    {
        var done = new List<Task<ExecutionOutcome>>();
        await foreach (var call in Task.WhenEach(calls))
        {
            done.Add(call);
            if (done.Count == count)
            {
                break;
            }
        }

        return [.. done];
    }
}
