using System.Text.Json.Serialization;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Tests.Execution;

/// <summary>Laws 2, 3, 4 and 6: leases, takeovers, zombies and steps.</summary>
public sealed partial class TakeoverTests
{
    private readonly EngineFixture _fixture = new();

    [Fact]
    public async Task A_crashed_executors_operation_is_in_progress_until_its_lease_and_the_skew_margin_are_over()
    {
        await CrashAsync();
        var engine = _fixture.NewEngine();

        _fixture.Time.Advance(_fixture.Options.Lease + _fixture.Options.ClockSkewMargin - TimeSpan.FromTicks(1));
        var told = Assert.IsType<ExecutionOutcome.InProgress>(await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        Assert.Equal(TimeSpan.FromTicks(1), told.RetryAfter);
        Assert.Equal(TimeSpan.FromTicks(1), told.LeaseLeft);

        _fixture.Time.Advance(TimeSpan.FromTicks(1));
        Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    [Fact]
    public async Task A_takeover_raises_the_epoch_and_keeps_start_and_stable_keys()
    {
        var seen = new List<(long Epoch, DateTimeOffset StartedAt, string Key)>();
        await CrashAsync(context => seen.Add((context.Epoch, context.StartedAt, context.StableKey("charge"))));
        PassLease();

        await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            (context, cancellationToken) =>
            {
                seen.Add((context.Epoch, context.StartedAt, context.StableKey("charge")));
                return _fixture.Handle(context, cancellationToken);
            },
            default);

        Assert.Equal([1, 2], seen.Select(attempt => attempt.Epoch));
        Assert.Single(seen.Select(attempt => (attempt.StartedAt, attempt.Key)).Distinct());
    }

    // Guards the fence: the If-Match that Claim.WriteAsync sends with every write, and that only what was written is cached.
    [Theory]
    [InlineData(0)]
    [InlineData(1024 * 1024)]
    public async Task A_zombie_changes_nothing(int localCacheBytes)
    {
        _fixture.Options.LocalCacheBytes = localCacheBytes;
        var zombieMayGoOn = new TaskCompletionSource();
        var zombieRuns = new TaskCompletionSource();
        var partitioned = new FaultyRowStore(_fixture.Memory);
        var zombie = _fixture.NewEngine(partitioned).ExecuteAsync(
            EngineFixture.Operation(),
            async (_, _) =>
            {
                zombieRuns.SetResult();
                await zombieMayGoOn.Task;
                return HandlerOutcome.Completed(EngineFixture.Result("zombie"), rows: [RowWrite.Insert("payment|zombie", new Dictionary<string, object>())]);
            },
            default);
        await zombieRuns.Task;
        partitioned.IsDown = true;
        PassLease();

        var other = Assert.IsType<ExecutionOutcome.Executed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        partitioned.IsDown = false;
        zombieMayGoOn.SetResult();
        var told = Assert.IsType<ExecutionOutcome.Replayed>(await zombie);

        Assert.Equal(EngineFixture.Text(other.Result), EngineFixture.Text(told.Result));
        Assert.DoesNotContain(await _fixture.PaymentsAsync(), row => row.Address.RowKey == "payment|zombie");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_zombie_that_meets_a_live_taker_is_told_in_progress_and_records_no_step()
    {
        var taken = new TaskCompletionSource();
        var zombieRuns = new TaskCompletionSource();
        var zombieWentOn = false;
        var partitioned = new FaultyRowStore(_fixture.Memory);
        var zombie = _fixture.NewEngine(partitioned).ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            async (context, _) =>
            {
                zombieRuns.SetResult();
                await taken.Task;
                await context.StepAsync("late", (_, _) => Task.FromResult(7), StepJson.Default.Int32, default);
                zombieWentOn = true;
                throw new InvalidOperationException("The step must not be recorded.");
            },
            default);
        await zombieRuns.Task;
        partitioned.IsDown = true;
        PassLease();

        await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            async (context, cancellationToken) =>
            {
                partitioned.IsDown = false;
                taken.SetResult();
                Assert.IsType<ExecutionOutcome.InProgress>(await zombie);
                Assert.False(zombieWentOn);
                var ran = false;
                await context.StepAsync("late", (_, _) => Task.FromResult(ran = true), StepJson.Default.Boolean, cancellationToken);
                Assert.True(ran);
                return await _fixture.Handle(context, cancellationToken);
            },
            default);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_handler_may_wait_for_a_step_in_the_callback_by_which_it_learns_of_its_loss()
    {
        var behind = new FakeTimeProvider(_fixture.Time.GetUtcNow());
        var runs = new TaskCompletionSource();
        var learned = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var zombie = _fixture.NewEngine(time: behind).ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            async (context, token) =>
            {
                using var registration = token.Register(() => learned.SetResult(Record.Exception(
                    () => context.StepAsync("late", (_, _) => Task.FromResult(7), StepJson.Default.Int32, default).GetAwaiter().GetResult())));
                runs.SetResult();
                await learned.Task;
                throw new InvalidOperationException("It was taken over.");
            },
            default);
        await runs.Task;
        PassLease();
        var other = Assert.IsType<ExecutionOutcome.Executed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));

        // Its renewal is refused. Elsewhere, for the callback runs right there.
        var renewing = Task.Run(() => behind.Advance(_fixture.Options.Lease / 2));
        Assert.NotNull(await learned.Task);
        await renewing;
        Assert.Equal(EngineFixture.Text(other.Result), EngineFixture.Text(Assert.IsType<ExecutionOutcome.Replayed>(await zombie).Result));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_lease_is_renewed_while_the_handler_runs()
    {
        _fixture.Options.MaxExecution = TimeSpan.FromHours(1);
        var goOn = new TaskCompletionSource();
        var running = _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            async (context, cancellationToken) =>
            {
                await goOn.Task;
                return await _fixture.Handle(context, cancellationToken);
            },
            default);

        for (var half = 0; half < 10; half++)
        {
            var writes = _fixture.Store.Writes;
            _fixture.Time.Advance(_fixture.Options.Lease / 2);
            while (_fixture.Store.Writes == writes)
            {
                await Task.Yield();
            }

            Assert.IsType<ExecutionOutcome.InProgress>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        }

        goOn.SetResult();
        Assert.IsType<ExecutionOutcome.Executed>(await running);
        Assert.Equal(1, _fixture.Runs);
    }

    /// <summary>Guards <c>LeaseRenewal.UntilHalfLife</c>: each run of the handler is shorter than half a lease, all of them are longer than a whole one.</summary>
    [Fact]
    public async Task The_lease_of_a_handler_that_is_run_again_is_renewed_before_it_ends()
    {
        var runs = 0;
        var outcome = await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            async (context, cancellationToken) =>
            {
                _fixture.Time.Advance(_fixture.Options.Lease * 0.4);
                if (++runs < 3)
                {
                    return HandlerOutcome.Completed(EngineFixture.Result("too early"), rows: [RowWrite.Replace("missing", new Dictionary<string, object>(), "1")]);
                }

                Assert.IsType<ExecutionOutcome.InProgress>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
                return await _fixture.Handle(context, cancellationToken);
            },
            default);

        Assert.IsType<ExecutionOutcome.Executed>(outcome);
        Assert.Equal(1, _fixture.Runs);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lost_claim_cancels_the_handlers_token()
    {
        var cancelled = new TaskCompletionSource();
        var zombie = _fixture.NewEngine().ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            async (_, cancellationToken) =>
            {
                await using var registration = cancellationToken.Register(cancelled.SetResult);
                await cancelled.Task;
                cancellationToken.ThrowIfCancellationRequested();
                throw new InvalidOperationException("The token must be cancelled.");
            },
            default);

        // Another instance whose clock runs ahead completes the operation; the zombie's next renewal meets its record.
        var ahead = new FakeTimeProvider(_fixture.Time.GetUtcNow() + _fixture.Options.Lease + _fixture.Options.ClockSkewMargin);
        Assert.IsType<ExecutionOutcome.Executed>(await _fixture.NewEngine(time: ahead).ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        _fixture.Time.Advance(_fixture.Options.Lease / 2);

        Assert.IsType<ExecutionOutcome.Replayed>(await zombie);
        Assert.Equal(1, _fixture.Runs);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lease_that_runs_out_unrenewed_cancels_the_handlers_token_and_stores_nothing()
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        var running = _fixture.NewEngine(partitioned).ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                throw new InvalidOperationException("Unreachable.");
            },
            default);
        partitioned.IsDown = true;

        // To the lease's end and a little on, however slow the renewals' thread is: far below the longest execution.
        var leaseUntil = _fixture.Time.GetUtcNow() + _fixture.Options.Lease;
        while (!running.IsCompleted)
        {
            _fixture.Time.Advance(_fixture.Time.GetUtcNow() < leaseUntil ? _fixture.Options.Lease / 8 : TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.True(Assert.IsType<ExecutionOutcome.Unavailable>(await running).HandlerRan);
    }

    [Fact]
    public async Task A_recorded_step_is_skipped_by_the_next_attempt_and_its_result_is_kept()
    {
        var charges = 0;
        var engine = _fixture.NewEngine();
        async Task<HandlerOutcome<OperationResult>> Charge(OperationContext context, CancellationToken cancellationToken)
        {
            var charge = await context.StepAsync("charge", (key, _) => Task.FromResult($"ch_{++charges}_{key}"), StepJson.Default.String, cancellationToken);
            return context.Epoch == 1
                ? throw new TimeoutException("after the charge")
                : HandlerOutcome.Completed(EngineFixture.Result(charge));
        }

        await Assert.ThrowsAsync<TimeoutException>(() => engine.ExecuteAsync(EngineFixture.Operation(), Charge, default));
        var outcome = Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(), Charge, default));

        Assert.StartsWith("ch_1_", EngineFixture.Text(outcome.Result), StringComparison.Ordinal);
        Assert.Equal(1, charges);
    }

    [Fact]
    public async Task A_recorded_step_costs_one_round_trip()
    {
        await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            async (context, cancellationToken) =>
            {
                await context.StepAsync("one", (_, _) => Task.FromResult(1), StepJson.Default.Int32, cancellationToken);
                return await _fixture.Handle(context, cancellationToken);
            },
            default);

        Assert.Equal((3, 0), (_fixture.Store.Writes, _fixture.Store.Reads));
    }

    // Guards Claim.IsStillOurs: a renewal whose reply never came, and which the store applied late, must not look like a takeover.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_late_write_of_the_same_owner_is_no_takeover_but_another_owners_is(bool sameOwner)
    {
        var outcome = await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            async (context, cancellationToken) =>
            {
                var record = (await RecordAsync())!;
                var values = new Dictionary<string, object>(record.Values) { [RowColumns.OperationId] = "late" };
                if (!sameOwner)
                {
                    values["Owner"] = "other";
                }

                await _fixture.Memory.WriteAsync(new RowTransaction(EngineFixture.Partition, [RowWrite.Replace(record.Address.RowKey, values, record.ETag)]), cancellationToken);
                return await _fixture.Handle(context, cancellationToken);
            },
            default);

        Assert.IsType(sameOwner ? typeof(ExecutionOutcome.Executed) : typeof(ExecutionOutcome.InProgress), outcome);
        Assert.Equal(sameOwner ? 1 : 0, (await _fixture.PaymentsAsync()).Count);
    }

    [Fact]
    public async Task A_failed_attempt_is_not_stored_and_the_next_retry_runs_at_once()
    {
        var engine = _fixture.NewEngine();
        var failed = await engine.ExecuteAsync(EngineFixture.Operation(), (_, _) => Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("503"))), default);
        Assert.Equal("503", EngineFixture.Text(Assert.IsType<ExecutionOutcome.NotStored>(failed).Value));

        Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    [Fact]
    public async Task A_time_out_of_the_handlers_own_is_a_failure_and_the_next_retry_runs_at_once()
    {
        var engine = _fixture.NewEngine();
        await Assert.ThrowsAsync<TaskCanceledException>(() => engine.ExecuteAsync<OperationResult>(EngineFixture.Operation(), (_, _) => throw new TaskCanceledException("HttpClient timed out"), default));

        Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    [Fact]
    public async Task A_failure_without_effect_leaves_no_record()
    {
        var engine = _fixture.NewEngine();
        await engine.ExecuteAsync(EngineFixture.Operation(), (_, _) => Task.FromResult(HandlerOutcome.NoEffect(EngineFixture.Result("no"))), default);

        Assert.IsType<ExecutionOutcome.Executed>(await engine.ExecuteAsync(EngineFixture.Operation(body: """{"amount":2}"""), _fixture.Handle, default));
    }

    // Guards IsUntouched in the engine: an earlier executor may have charged under the key that derives from the operation's start.
    [Theory]
    [InlineData("failed")]
    [InlineData("crashed")]
    public async Task A_failure_without_effect_after_another_attempt_keeps_the_record_and_its_stable_keys(string earlier)
    {
        var keys = new List<string>();
        if (earlier == "crashed")
        {
            await CrashAsync(context => keys.Add(context.StableKey("charge")));
            PassLease();
        }
        else
        {
            await ExecuteAsync(_ => HandlerOutcome.Failed(EngineFixture.Result("503")));
            _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await ExecuteAsync(_ => HandlerOutcome.NoEffect(EngineFixture.Result("no")));
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.IsType<ExecutionOutcome.Mismatch>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(body: "2"), _fixture.Handle, default));
        await ExecuteAsync(_ => HandlerOutcome.Completed(EngineFixture.Result("done")));
        Assert.Equal(3, keys.Count);
        Assert.Single(keys.Distinct());

        Task<ExecutionOutcome> ExecuteAsync(Func<OperationContext, HandlerOutcome<OperationResult>> decide) => _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            (context, _) =>
            {
                keys.Add(context.StableKey("charge"));
                return Task.FromResult(decide(context));
            },
            default);
    }

    [Fact]
    public async Task A_failure_without_effect_keeps_a_recorded_step()
    {
        var ran = 0;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await _fixture.NewEngine().ExecuteAsync(
                EngineFixture.Operation(),
                async (context, token) =>
                {
                    await context.StepAsync("charge", (_, _) => Task.FromResult(++ran), StepJson.Default.Int32, token);
                    return HandlerOutcome.NoEffect(EngineFixture.Result("it believes"));
                },
                default);
        }

        Assert.Equal(1, ran);
    }

    // Whatever it is that the store throws: a lease that is not renewed must not end in silence.
    [Fact(Timeout = 30_000)]
    public async Task A_renewal_refused_for_good_ends_with_the_lease_and_not_before()
    {
        var store = new FaultyRowStore(_fixture.Memory);
        var runs = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var execution = _fixture.NewEngine(store).ExecuteAsync(
            EngineFixture.Operation(),
            async (_, token) =>
            {
                runs.SetResult();
                await goOn.Task.WaitAsync(token);
                return HandlerOutcome.Completed(EngineFixture.Result("done"));
            },
            default);
        await runs.Task;
        store.BeforeWrite = _ => throw new InvalidOperationException("The role is gone.");
        _fixture.Time.Advance(_fixture.Options.Lease * 0.6);
        store.BeforeWrite = null;
        goOn.SetResult();
        Assert.Equal("done", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Executed>(await execution).Result));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_handler_whose_lease_can_not_be_renewed_for_another_reason_is_cancelled_too()
    {
        var store = new FaultyRowStore(_fixture.Memory);
        var runs = new TaskCompletionSource();
        var leaseUntil = _fixture.Time.GetUtcNow() + _fixture.Options.Lease;
        var execution = _fixture.NewEngine(store).ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            async (_, token) =>
            {
                runs.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                throw new InvalidOperationException("It must be cancelled.");
            },
            default);
        await runs.Task;
        store.BeforeWrite = _ => throw new InvalidOperationException("The role is gone.");
        while (!execution.IsCompleted)
        {
            // Slowly past the lease: the end of MaxExecution is another outcome, and this loop may be far ahead of what it waits for.
            _fixture.Time.Advance(_fixture.Time.GetUtcNow() < leaseUntil ? _fixture.Options.Lease / 16 : TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.IsType<ExecutionOutcome.Unavailable>(await execution);
    }

    [Fact]
    public async Task A_handlers_own_exception_is_not_hidden_by_a_store_that_refuses_to_end_its_lease()
    {
        var store = new FaultyRowStore(_fixture.Memory);
        var thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => _fixture.NewEngine(store).ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            (_, _) =>
            {
                store.BeforeWrite = _ => throw new InvalidOperationException("The role is gone.");
                throw new InvalidTimeZoneException("The handler's own.");
            },
            default));
        Assert.Equal("The handler's own.", thrown.Message);
    }

    [Fact]
    public async Task A_caller_who_goes_away_while_the_claim_is_written_leaves_no_claim_without_an_owner()
    {
        using var gone = new CancellationTokenSource();
        _fixture.Store.BeforeWrite = _ =>
        {
            gone.Cancel();
            return Task.CompletedTask;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation(),
            (_, token) => Task.FromCanceled<HandlerOutcome<OperationResult>>(token),
            gone.Token));
        _fixture.Store.BeforeWrite = null;

        Assert.IsType<ExecutionOutcome.Executed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    [Theory]
    [InlineData(0, null, "Lease")]
    [InlineData(-1, null, "Lease")]
    [InlineData(3_601, null, "Lease")]
    [InlineData(null, 59, "Retention")]
    [InlineData(null, 34_560_001, "Retention")]
    public async Task A_lease_or_retention_out_of_range_is_refused_before_anything_is_done(int? lease, int? retention, string named)
    {
        var operation = EngineFixture.Operation() with
        {
            Lease = lease is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Retention = retention is { } kept ? TimeSpan.FromSeconds(kept) : null,
        };

        var fault = await Assert.ThrowsAsync<ArgumentException>(() => _fixture.NewEngine().ExecuteAsync(operation, _fixture.Handle, default));

        Assert.Contains($"{named} is", fault.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (_fixture.Runs, _fixture.Store.Reads, _fixture.Store.Writes));
    }

    /// <summary>Guards the ETag of the takeover in <c>Claimant.TryClaimAsync</c>.</summary>
    [Fact]
    public async Task Of_two_callers_that_find_a_lapsed_claim_one_takes_over()
    {
        await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), (_, _) => Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("503"))), default);
        var goOn = new TaskCompletionSource();
        Task<ExecutionOutcome>? other = null;
        _fixture.Store.AfterRead = () =>
        {
            other = _fixture.NewEngine(_fixture.Memory).ExecuteAsync(
                EngineFixture.Operation(),
                async (context, cancellationToken) =>
                {
                    await goOn.Task;
                    return await _fixture.Handle(context, cancellationToken);
                },
                default);
            return Task.CompletedTask;
        };

        Assert.IsType<ExecutionOutcome.InProgress>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        goOn.SetResult();
        Assert.IsType<ExecutionOutcome.Executed>(await other!);
        Assert.Equal(1, _fixture.Runs);
    }

    /// <summary>Guards <c>!isHeld</c> in <c>Claimant.Judge</c>.</summary>
    [Fact]
    public async Task An_execution_that_outlives_its_own_retention_is_not_taken_over_while_its_lease_runs()
    {
        var operation = EngineFixture.Operation() with { Lease = TimeSpan.FromHours(1), Retention = TimeSpan.FromMinutes(1) };
        await _fixture.NewEngine().ExecuteAsync(
            operation,
            async (context, cancellationToken) =>
            {
                _fixture.Time.Advance(TimeSpan.FromMinutes(2));
                Assert.IsType<ExecutionOutcome.InProgress>(await _fixture.NewEngine().ExecuteAsync(operation, _fixture.Handle, default));
                return await _fixture.Handle(context, cancellationToken);
            },
            default);

        Assert.Equal(1, _fixture.Runs);
    }

    /// <summary>Guards law 13: what is still being retried keeps its outside keys; a whole retention of silence ends them.</summary>
    [Fact]
    public async Task An_operation_that_is_still_being_retried_is_not_forgotten()
    {
        var keys = new List<string>();
        foreach (var pause in new[] { TimeSpan.Zero, TimeSpan.FromHours(20), TimeSpan.FromHours(20), TimeSpan.FromHours(25) })
        {
            _fixture.Time.Advance(pause);
            await _fixture.NewEngine().ExecuteAsync(
                EngineFixture.Operation(),
                (context, _) =>
                {
                    keys.Add(context.StableKey("charge"));
                    return Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("503")));
                },
                default);
        }

        Assert.Single(keys.Take(3).Distinct());
        Assert.NotEqual(keys[2], keys[3]);
    }

    /// <summary>Guards the fence of <c>Claim.ReleaseAsync</c>.</summary>
    [Fact]
    public async Task A_zombie_whose_failure_had_no_effect_does_not_delete_the_takers_record()
    {
        var zombieRuns = new TaskCompletionSource();
        var zombieMayGoOn = new TaskCompletionSource();
        var partitioned = new FaultyRowStore(_fixture.Memory);
        var zombie = _fixture.NewEngine(partitioned).ExecuteAsync(
            EngineFixture.Operation(),
            async (_, _) =>
            {
                zombieRuns.SetResult();
                await zombieMayGoOn.Task;
                return HandlerOutcome.NoEffect(EngineFixture.Result("nothing done"));
            },
            default);
        await zombieRuns.Task;
        partitioned.IsDown = true;
        PassLease();
        Assert.IsType<ExecutionOutcome.Executed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        partitioned.IsDown = false;
        zombieMayGoOn.SetResult();
        Assert.IsType<ExecutionOutcome.NotStored>(await zombie);

        Assert.IsType<ExecutionOutcome.Replayed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    /// <summary>Guards the state in <c>Claim.IsStillOurs</c>: ending the lease of an operation that is completed after all would make it run again.</summary>
    [Fact]
    public async Task A_commit_that_happened_although_the_store_refused_it_stands()
    {
        _fixture.Store.BeforeWrite = async transaction =>
        {
            if (transaction.Writes.Count > 1)
            {
                _fixture.Store.BeforeWrite = null;
                await _fixture.Memory.WriteAsync(transaction, default);
                throw new InvalidOperationException("The credentials were withdrawn between two attempts.");
            }
        };

        await Assert.ThrowsAsync<InvalidOperationException>(() => _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));

        Assert.Equal("run 1", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Replayed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default)).Result));
    }

    [Fact]
    public async Task A_waiting_caller_gets_the_result_once_it_is_there()
    {
        var goOn = new TaskCompletionSource();
        var engine = _fixture.NewEngine();
        var running = engine.ExecuteAsync(
            EngineFixture.Operation(),
            async (context, cancellationToken) =>
            {
                await goOn.Task;
                return await _fixture.Handle(context, cancellationToken);
            },
            default);
        var waiting = engine.ExecuteAsync(EngineFixture.Operation() with { Wait = TimeSpan.FromSeconds(10) }, _fixture.Handle, default);
        Assert.False(waiting.IsCompleted);
        goOn.SetResult();
        await running;
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("run 1", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Replayed>(await waiting).Result));
    }

    [Fact]
    public async Task A_waiting_caller_is_told_in_progress_when_its_time_is_over()
    {
        _fixture.Options.Lease = TimeSpan.FromHours(1);
        _fixture.Options.MaxExecution = TimeSpan.FromHours(2);
        var goOn = new TaskCompletionSource();
        var engine = _fixture.NewEngine();
        var running = engine.ExecuteAsync(
            EngineFixture.Operation(),
            async (context, cancellationToken) =>
            {
                await goOn.Task;
                return await _fixture.Handle(context, cancellationToken);
            },
            default);
        var waiting = engine.ExecuteAsync(EngineFixture.Operation() with { Wait = TimeSpan.FromSeconds(3) }, _fixture.Handle, default);
        while (!waiting.IsCompleted)
        {
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.IsType<ExecutionOutcome.InProgress>(await waiting);
        goOn.SetResult();
        await running;
    }

    [Fact]
    public async Task A_callers_disconnect_during_the_commit_does_not_stop_it()
    {
        using var caller = new CancellationTokenSource();
        _fixture.Store.BeforeWrite = async transaction =>
        {
            if (transaction.Writes.Count > 1)
            {
                await caller.CancelAsync();
            }
        };

        Assert.IsType<ExecutionOutcome.Executed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, caller.Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clocks_that_differ_within_the_margin_never_give_two_executors(bool takerIsAhead)
    {
        await CrashAsync();
        var taker = new FakeTimeProvider(
            _fixture.Time.GetUtcNow() + _fixture.Options.Lease - TimeSpan.FromTicks(1) + (takerIsAhead ? _fixture.Options.ClockSkewMargin : TimeSpan.Zero));

        Assert.IsType<ExecutionOutcome.InProgress>(await _fixture.NewEngine(time: taker).ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    // The process dies inside the handler: nothing after that point runs, not even the engine's own clean-up.
    private async Task CrashAsync(Action<OperationContext>? atCrash = null)
    {
        var dying = new FaultyRowStore(_fixture.Memory);
        var outcome = await _fixture.NewEngine(dying).ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            (context, _) =>
            {
                atCrash?.Invoke(context);
                dying.IsDown = true;
                throw new StoreUnavailableException("crash");
            },
            default);
        Assert.IsType<ExecutionOutcome.Unavailable>(outcome);
    }

    private async Task<Row?> RecordAsync()
    {
        await foreach (var row in _fixture.Memory.QueryAsync(new RowQuery(EngineFixture.Partition, "idem|"), default))
        {
            return row;
        }

        return null;
    }

    private void PassLease() => _fixture.Time.Advance(_fixture.Options.Lease + _fixture.Options.ClockSkewMargin);

    [JsonSerializable(typeof(string))]
    [JsonSerializable(typeof(int))]
    [JsonSerializable(typeof(bool))]
    private sealed partial class StepJson : JsonSerializerContext;
}
