using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Rows;
using Found = ServerlessIdempotency.Execution.ProbeOutcome<ServerlessIdempotency.Execution.HandlerOutcome<ServerlessIdempotency.Records.OperationResult>>;

namespace ServerlessIdempotency.Tests.Execution;

/// <summary>What the next attempt may do when an execution ended without an answer. Every order of it is in the proof kit's tests.</summary>
public sealed class CrashPolicyTests
{
    private readonly EngineFixture _fixture = new();

    public static TheoryData<CrashPolicy> Blocking { get; } = [CrashPolicy.Block, CrashPolicy.Park];

    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task A_crashed_execution_is_in_progress_until_its_lease_is_over_and_unknown_for_good_afterwards(CrashPolicy policy)
    {
        await CrashAsync(Operation(policy));
        Assert.IsType<ExecutionOutcome.InProgress>(await ExecuteAsync(Operation(policy)));

        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(policy)));
        _fixture.Time.Advance(TimeSpan.FromDays(800));
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(policy)));

        Assert.Equal(0, _fixture.Runs);
        var record = await RecordAsync();
        Assert.Equal("Unknown", record.GetString("State"));
        Assert.False(record.Values.ContainsKey(RowColumns.ExpiresAt), "The purge would take it.");
        Assert.Equal(2, record.GetInt64("SchemaVersion"));
        Assert.Single(await NotesAsync());
    }

    /// <summary>Law 14. Guards the count and the catch in <c>ClaimedExecution</c>: the handler has run, and what one transaction does not take it never takes.</summary>
    [Theory]
    [InlineData(CrashPolicy.Rerun, 100, 0)]
    [InlineData(CrashPolicy.Rerun, 60, 40)]
    [InlineData(CrashPolicy.Probe, 100, 0)]
    [InlineData(CrashPolicy.Probe, 60, 40)]
    [InlineData(CrashPolicy.Block, 100, 0)]
    [InlineData(CrashPolicy.Block, 60, 40)]
    [InlineData(CrashPolicy.Park, 100, 0)]
    [InlineData(CrashPolicy.Park, 60, 40)]
    public async Task More_rows_and_messages_than_a_transaction_takes_are_an_unknown_outcome_under_every_policy(CrashPolicy policy, int rows, int messages)
    {
        var runs = 0;
        Task<ExecutionOutcome> RunAsync() => _fixture.NewEngine().ExecuteAsync(
            policy == CrashPolicy.Probe ? Probing(new Found.NotKnown("It can't be asked for 100 days.")) : Operation(policy),
            (_, _) =>
            {
                runs++;
                return Task.FromResult(HandlerOutcome.Completed(
                    EngineFixture.Result("done"),
                    [.. Enumerable.Range(0, rows).Select(number => RowWrite.Insert($"payment|{number}", new Dictionary<string, object>()))],
                    [.. Enumerable.Range(0, messages).Select(_ => new OutboxMessage("queue", default))]));
            },
            default);

        var fault = await Assert.ThrowsAsync<ArgumentException>(RunAsync);
        Assert.Contains($"{rows} rows", fault.Message, StringComparison.Ordinal);
        Assert.Contains("100", Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await RunAsync()).Reason, StringComparison.Ordinal);
        _fixture.Time.Advance(TimeSpan.FromDays(2));
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await RunAsync());

        Assert.Equal(1, runs);
        var record = await RecordAsync();
        Assert.Equal("Unknown", record.GetString("State"));
        Assert.Single(await NotesAsync(), note => note.GetString("Owner") == record.GetString("Owner"));
    }

    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task A_slow_executor_completes_late_and_then_that_is_the_answer(CrashPolicy policy)
    {
        var slow = await EndLateAsync(policy, HandlerOutcome.Completed(EngineFixture.Result("late"), rows: [RowWrite.Insert("payment|late", new Dictionary<string, object>())]));
        Assert.Equal("late", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Executed>(slow).Result));
        Assert.Equal("late", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Replayed>(await ExecuteAsync(Operation(policy))).Result));
        Assert.Single(await _fixture.PaymentsAsync());
        _fixture.Time.Advance(_fixture.Options.Retention + _fixture.Options.ClockSkewMargin);
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(Operation(policy)));
    }

    /// <summary>Guards the loop in <c>Claim.ReleaseAsync</c>: what others have noted meanwhile is no takeover.</summary>
    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task A_slow_executor_that_had_no_effect_says_so_late_and_the_next_attempt_runs(CrashPolicy policy)
    {
        var slow = await EndLateAsync(policy, HandlerOutcome.NoEffect(EngineFixture.Result("refused")));
        Assert.IsType<ExecutionOutcome.NotStored>(slow);
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(Operation(policy)));
    }

    /// <summary>Guards the condition in <c>ClaimedExecution.EndAnsweredAsync</c>: the note is what finds it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_could_not_be_noted_leaves_parked_work_on_the_list(bool noEffect)
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        await _fixture.NewEngine(partitioned).ExecuteAsync(
            Operation(CrashPolicy.Park),
            (_, _) =>
            {
                partitioned.IsDown = true;
                return Task.FromResult(noEffect ? HandlerOutcome.NoEffect(EngineFixture.Result("no")) : HandlerOutcome.Failed(EngineFixture.Result("503")));
            },
            default);
        PassLease();

        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(CrashPolicy.Park)));
        Assert.Single(await NotesAsync());
    }

    /// <summary>Guards the expiry in <c>Claimant.NextClaim</c>: the policy is the record's, whoever claims it.</summary>
    [Fact]
    public async Task What_was_promised_never_to_run_twice_does_not_expire_under_a_caller_who_promised_less()
    {
        await _fixture.NewEngine().ExecuteAsync(Operation(CrashPolicy.Block), (_, _) => Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("503"))), default);
        await CrashAsync(EngineFixture.Operation());

        Assert.False((await RecordAsync()).Values.ContainsKey(RowColumns.ExpiresAt), "The purge would take it.");
        _fixture.Time.Advance(TimeSpan.FromDays(800));
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(EngineFixture.Operation()));
    }

    /// <summary>Law 14. Guards the second catch in <c>ClaimedExecution.ProbeAsync</c>, and its last case.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_probe_found_and_no_transaction_takes_is_left_to_a_person(bool tooMany)
    {
        var answer = tooMany
            ? HandlerOutcome.Completed(EngineFixture.Result("done"), [.. Enumerable.Range(0, 100).Select(number => RowWrite.Insert($"payment|{number}", new Dictionary<string, object>()))])
            : HandlerOutcome.Failed(EngineFixture.Result("no"));
        await CrashAsync(Probing(new Found.Prevented()));
        PassLease();

        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Probing(new Found.Happened(answer))));

        Assert.Equal(0, _fixture.Runs);
        Assert.Equal("Unknown", (await RecordAsync()).GetString("State"));
        Assert.Single(await NotesAsync());
    }

    /// <summary>Guards the look at the token in <c>ClaimedExecution.RunAsync</c>: nothing has run.</summary>
    [Theory]
    [InlineData(CrashPolicy.Rerun)]
    [InlineData(CrashPolicy.Probe)]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task A_caller_who_is_gone_before_the_handler_leaves_nothing_unknown(CrashPolicy policy)
    {
        await LeaveBeforeHandlerAsync(Operation(policy));

        Assert.Equal(0, _fixture.Runs);
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(Operation(policy)));
        Assert.Empty(await NotesAsync());
    }

    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task An_exception_is_no_answer_and_the_next_attempt_is_told_at_once(CrashPolicy policy)
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _fixture.NewEngine().ExecuteAsync<OperationResult>(Operation(policy), (_, _) => throw new TimeoutException(), default));

        Assert.Contains("TimeoutException", Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(policy))).Reason, StringComparison.Ordinal);
        Assert.Single(await NotesAsync());
    }

    // To send it again is no way where nobody runs or asks.
    [Theory]
    [InlineData(CrashPolicy.Rerun, false)]
    [InlineData(CrashPolicy.Probe, false)]
    [InlineData(CrashPolicy.Block, true)]
    [InlineData(CrashPolicy.Park, true)]
    public async Task A_caller_whose_handler_got_no_answer_of_the_store_is_told_unknown_at_once_where_nobody_runs_or_asks(CrashPolicy policy, bool isUnknown)
    {
        var operation = Operation(policy) with { Probe = policy == CrashPolicy.Probe ? (_, _) => Task.FromResult<Found>(new Found.Prevented()) : null };
        var outcome = await _fixture.NewEngine().ExecuteAsync<OperationResult>(operation, (_, _) => throw new StoreUnavailableException(), default);

        Assert.Equal(isUnknown, outcome is ExecutionOutcome.OutcomeUnknown);
        Assert.Equal(!isUnknown, outcome is ExecutionOutcome.Unavailable { HandlerRan: true });
    }

    [Theory]
    [InlineData(CrashPolicy.Probe)]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task A_failure_that_the_handler_answered_means_as_before(CrashPolicy policy)
    {
        await _fixture.NewEngine().ExecuteAsync(Operation(policy), (_, _) => Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("503"))), default);
        Assert.Empty(await NotesAsync());

        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(Operation(policy)));
    }

    [Theory]
    [InlineData(CrashPolicy.Probe)]
    [InlineData(CrashPolicy.Block)]
    public async Task A_handler_that_may_not_run_again_does_not_for_rows_that_have_changed_either(CrashPolicy policy)
    {
        var runs = 0;
        var outcome = await _fixture.NewEngine().ExecuteAsync(
            Operation(policy),
            (_, _) =>
            {
                runs++;
                return Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("x"), rows: [RowWrite.Replace("missing", new Dictionary<string, object>(), "1")]));
            },
            default);

        // Its caller is told the same as the next one: to send it again is no way where nobody runs or asks.
        Assert.Equal(policy == CrashPolicy.Block, outcome is ExecutionOutcome.OutcomeUnknown);
        Assert.Equal(policy == CrashPolicy.Probe, outcome is ExecutionOutcome.Contended);
        Assert.Equal(1, runs);
        Assert.Equal("Unknown", (await RecordAsync()).GetString("State"));
    }

    [Fact]
    public async Task Parked_work_is_on_the_list_from_before_its_handler_until_its_answer()
    {
        await _fixture.NewEngine().ExecuteAsync(
            Operation(CrashPolicy.Park),
            async (context, token) =>
            {
                Assert.Single(await NotesAsync());
                return await _fixture.Handle(context, token);
            },
            default);

        Assert.Empty(await NotesAsync());
    }

    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task The_stricter_of_what_was_promised_and_what_is_demanded_holds(CrashPolicy strict)
    {
        await CrashAsync(Operation(strict));
        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(EngineFixture.Operation()));
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Probing(new Found.Prevented())));

        await CrashAsync(EngineFixture.Operation("other"));
        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(strict, "other")));
    }

    /// <summary>Guards the policy of what <c>Claimant.FindAsync</c> notes: whoever promises less, such as an instance of the build before, must find the same.</summary>
    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task What_somebody_was_told_that_nobody_knows_is_run_by_no_caller_who_promises_less(CrashPolicy strict)
    {
        await CrashAsync(EngineFixture.Operation());
        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(strict)));

        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(EngineFixture.Operation()));
        Assert.Equal(0, _fixture.Runs);
    }

    /// <summary>Guards the policy in <c>Claim.WriteInTurnAsync</c>: a slow executor does not take back what was noted by a caller who promises more.</summary>
    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task What_somebody_was_told_that_nobody_knows_stays_so_when_the_slow_executor_throws(CrashPolicy strict)
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = _fixture.NewEngine(partitioned).ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            async (_, _) =>
            {
                started.SetResult();
                await goOn.Task;
                throw new TimeoutException();
            },
            default);
        await started.Task;
        partitioned.IsDown = true;
        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(strict)));
        partitioned.IsDown = false;
        goOn.SetResult();
        await Assert.ThrowsAsync<TimeoutException>(() => slow);

        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(EngineFixture.Operation()));
        Assert.Equal(0, _fixture.Runs);
        Assert.Single(await NotesAsync());
    }

    /// <summary>Guards the policy in <c>Claim.WriteInTurnAsync</c> where an execution ends without an answer: it promised less than whoever was told meanwhile.</summary>
    [Fact]
    public async Task What_somebody_was_told_that_nobody_knows_stays_so_when_a_probed_executor_throws()
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = _fixture.NewEngine(partitioned).ExecuteAsync<OperationResult>(
            Probing(new Found.Prevented()),
            async (_, _) =>
            {
                started.SetResult();
                await goOn.Task;
                throw new TimeoutException();
            },
            default);
        await started.Task;
        partitioned.IsDown = true;
        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(CrashPolicy.Park)));
        partitioned.IsDown = false;
        goOn.SetResult();
        await Assert.ThrowsAsync<TimeoutException>(() => slow);

        Assert.Equal(nameof(CrashPolicy.Park), (await RecordAsync()).GetString("CrashPolicy"));
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Probing(new Found.Prevented())));
        Assert.Equal(0, _fixture.Runs);
    }

    /// <summary>Guards the policy in <c>Claim.WriteInTurnAsync</c> of an answer that is not stored: the next attempt runs, and when that gives no answer, the stricter policy holds.</summary>
    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task What_somebody_was_told_by_binds_the_attempts_after_an_answer_that_is_not_stored(CrashPolicy strict)
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = _fixture.NewEngine(partitioned).ExecuteAsync(
            EngineFixture.Operation(),
            async (_, _) =>
            {
                started.SetResult();
                await goOn.Task;
                return HandlerOutcome.Failed(EngineFixture.Result("503"));
            },
            default);
        await started.Task;
        partitioned.IsDown = true;
        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(strict)));
        partitioned.IsDown = false;
        goOn.SetResult();
        Assert.IsType<ExecutionOutcome<OperationResult>.NotStored>(await slow);

        await CrashAsync(EngineFixture.Operation());
        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(EngineFixture.Operation()));
        Assert.Equal(0, _fixture.Runs);
    }

    /// <summary>Guards the policy in <c>Claimant.FindAsync</c>: the record says already that nobody knows, by a policy that lets a probe decide.</summary>
    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task What_was_unknown_under_a_probe_is_asked_for_no_more_once_a_stricter_caller_was_told(CrashPolicy strict)
    {
        await CrashAsync(Probing(new Found.Prevented()));
        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Probing(new Found.NotKnown("Nobody knows yet."))));
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(strict)));

        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Probing(new Found.Prevented())));
        Assert.Equal(0, _fixture.Runs);
        Assert.Single(await NotesAsync());
    }

    /// <summary>Guards what <c>ClaimEnd</c> writes where there was no answer: an end without one is not taken for an answer that was not stored.</summary>
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    [InlineData(CrashPolicy.Probe)]
    public async Task What_threw_where_it_may_run_again_is_unknown_to_a_stricter_caller(CrashPolicy strict)
    {
        await ThrowAsync(EngineFixture.Operation());
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(strict == CrashPolicy.Probe ? Probing(new Found.NotKnown("Nobody knows.")) : Operation(strict)));
        Assert.Equal(0, _fixture.Runs);

        await ThrowAsync(EngineFixture.Operation("other"));
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(EngineFixture.Operation("other")));
    }

    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task A_takeover_that_is_given_back_is_no_answer_of_the_attempt_before(CrashPolicy strict)
    {
        await ThrowAsync(EngineFixture.Operation());
        await LeaveBeforeHandlerAsync(EngineFixture.Operation());

        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(strict)));
        Assert.Equal(0, _fixture.Runs);
    }

    [Theory]
    [MemberData(nameof(Blocking))]
    public async Task A_claim_that_is_given_back_after_an_answer_holds_up_nobody(CrashPolicy policy)
    {
        await _fixture.NewEngine().ExecuteAsync(Operation(policy), (_, _) => Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("later"))), default);
        await LeaveBeforeHandlerAsync(Operation(policy));

        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(Operation(policy)));
    }

    [Fact]
    public async Task A_channel_that_can_not_ask_does_not_run_what_is_to_be_asked_for()
    {
        await CrashAsync(Probing(new Found.Prevented()));
        PassLease();

        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(EngineFixture.Operation()));
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(Probing(new Found.Prevented())));
    }

    [Fact]
    public async Task What_happened_is_committed_with_its_rows_and_replayed()
    {
        var happened = new Found.Happened(HandlerOutcome.Completed(EngineFixture.Result("found"), rows: [RowWrite.Insert("payment|found", new Dictionary<string, object>())]));
        await CrashAsync(Probing(happened));
        PassLease();

        Assert.Equal("found", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Replayed>(await ExecuteAsync(Probing(happened))).Result));
        Assert.Equal(0, _fixture.Runs);
        Assert.Single(await _fixture.PaymentsAsync());
        Assert.IsType<ExecutionOutcome.Replayed>(await ExecuteAsync(EngineFixture.Operation()));
    }

    [Fact]
    public async Task What_is_not_known_stays_so_until_a_later_probe_knows()
    {
        await CrashAsync(Probing(new Found.Prevented()));
        PassLease();
        var probe = Probing(new Found.NotKnown("The gateway searches only what is older than a minute."));
        Assert.Contains("older than a minute", Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(probe)).Reason, StringComparison.Ordinal);
        Assert.Equal("Unknown", (await RecordAsync()).GetString("State"));
        Assert.Single(await NotesAsync());

        var throwing = EngineFixture.Operation() with { CrashPolicy = CrashPolicy.Probe, Probe = (_, _) => throw new HttpRequestException("The gateway is away.") };
        Assert.Contains("The gateway is away", Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(throwing)).Reason, StringComparison.Ordinal);
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(Probing(new Found.Prevented())));
    }

    [Fact]
    public async Task A_probe_fences_the_slow_executor()
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = _fixture.NewEngine(partitioned).ExecuteAsync(
            Probing(new Found.Prevented()),
            async (_, _) =>
            {
                started.SetResult();
                await goOn.Task;
                return HandlerOutcome.Completed(EngineFixture.Result("late"));
            },
            default);
        await started.Task;
        partitioned.IsDown = true;
        PassLease();
        var taker = Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(Probing(new Found.Prevented())));
        partitioned.IsDown = false;
        goOn.SetResult();

        Assert.Equal(EngineFixture.Text(taker.Result), EngineFixture.Text(Assert.IsType<ExecutionOutcome.Replayed>(await slow).Result));
    }

    [Theory]
    [InlineData(CrashPolicy.Probe, false)]
    [InlineData(CrashPolicy.Rerun, true)]
    [InlineData(CrashPolicy.Block, true)]
    public async Task A_probe_goes_with_its_policy(CrashPolicy policy, bool hasProbe) => await Assert.ThrowsAsync<ArgumentException>(() =>
        ExecuteAsync(EngineFixture.Operation() with { CrashPolicy = policy, Probe = hasProbe ? (_, _) => Task.FromResult<Found>(new Found.Prevented()) : null }));

    private static Operation Operation(CrashPolicy policy, string key = "k") =>
        EngineFixture.Operation(key) with { CrashPolicy = policy, Probe = policy == CrashPolicy.Probe ? (_, _) => Task.FromResult<Found>(new Found.Prevented()) : null };

    private static Operation Probing(Found found) => EngineFixture.Operation() with { CrashPolicy = CrashPolicy.Probe, Probe = (_, _) => Task.FromResult(found) };

    private Task<ExecutionOutcome> ExecuteAsync(Operation operation) => _fixture.NewEngine().ExecuteAsync(operation, _fixture.Handle, default);

    /// <summary>A slow executor that the next attempt has met as an unknown outcome before it ends.</summary>
    private async Task<ExecutionOutcome> EndLateAsync(CrashPolicy policy, HandlerOutcome<OperationResult> end)
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = _fixture.NewEngine(partitioned).ExecuteAsync(
            Operation(policy),
            async (_, _) =>
            {
                started.SetResult();
                await goOn.Task;
                return end;
            },
            default);
        await started.Task;
        partitioned.IsDown = true;
        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(policy)));

        partitioned.IsDown = false;
        goOn.SetResult();
        return await slow;
    }

    /// <summary>A caller who hangs up while the claim is written.</summary>
    private async Task LeaveBeforeHandlerAsync(Operation operation)
    {
        using var gone = new CancellationTokenSource();
        var leaving = new FaultyRowStore(_fixture.Memory) { BeforeWrite = _ => gone.CancelAsync() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _fixture.NewEngine(leaving).ExecuteAsync(operation, _fixture.Handle, gone.Token));
    }

    private Task<TimeoutException> ThrowAsync(Operation operation) =>
        Assert.ThrowsAsync<TimeoutException>(() => _fixture.NewEngine().ExecuteAsync<OperationResult>(operation, (_, _) => throw new TimeoutException(), default));

    private async Task CrashAsync(Operation operation)
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _fixture.NewEngine(partitioned).ExecuteAsync<OperationResult>(
            operation,
            (_, _) =>
            {
                partitioned.IsDown = true;
                throw new InvalidOperationException("The process dies.");
            },
            default));
    }

    private async Task<Row> RecordAsync() => Assert.Single(await _fixture.Memory.QueryAsync(new RowQuery(EngineFixture.Partition, "idem|"), default).ToListAsync());

    private async Task<List<Row>> NotesAsync()
    {
        var notes = new List<Row>();
        foreach (var shard in "0123456789abcdef")
        {
            notes.AddRange(await _fixture.Memory.QueryAsync(new RowQuery(new PartitionAddress(_fixture.Options.TableName, $"unknown~{shard}"), ""), default).ToListAsync());
        }

        return notes;
    }

    private void PassLease() => _fixture.Time.Advance(_fixture.Options.Lease + _fixture.Options.ClockSkewMargin);
}
