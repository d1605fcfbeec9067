using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Tests.Administration;

public sealed class IdempotencyAdministrationTests
{
    private static readonly Decision Ada = new("ada", "The bank says that it was paid.");

    private readonly EngineFixture _fixture = new();

    private readonly IIdempotencyAdministration _administration;

    public IdempotencyAdministrationTests() => _administration = new ServiceCollection()
        .AddSingleton<IRowStore>(_fixture.Memory)
        .AddSingleton<TimeProvider>(_fixture.Time)
        .AddLogging()
        .AddIdempotency()
        .Services
        .BuildServiceProvider()
        .GetRequiredService<IIdempotencyAdministration>();

    [Fact]
    public async Task A_record_is_found_by_its_scope_and_key_and_says_whose_it_is_without_naming_anybody()
    {
        _fixture.Options.InstanceName = "instance-1";
        var operation = EngineFixture.Operation("0123456789-abcd");
        await ExecuteAsync(operation);

        var found = (await FindAsync(operation))!;
        Assert.Equal((OperationState.Completed, "pay", "abcd", "instance-1", 1L), (found.State, found.Operation, found.KeyEnd, found.Instance, found.Attempt));
        Assert.Equal((_fixture.Time.GetUtcNow(), _fixture.Time.GetUtcNow() + _fixture.Options.Retention), (found.StartedAt, found.ExpiresAt!.Value));
        Assert.Equal(16, found.PrincipalHash!.Length);
        Assert.NotEqual(found.PrincipalHash, (await FindOtherAsync(found))!.PrincipalHash);
        Assert.DoesNotContain((await RowAsync(found.Address)).Values.Values, value => value is string text && (text.Contains("alice", StringComparison.Ordinal) || text.Contains("0123456789", StringComparison.Ordinal)));
        Assert.Null(await FindAsync(EngineFixture.Operation("another")));

        async Task<OperationRecord?> FindOtherAsync(OperationRecord mine)
        {
            var other = EngineFixture.Operation("0123456789-abcd", principal: "bob");
            await ExecuteAsync(other);
            Assert.NotEqual(mine.Address, (await FindAsync(other))!.Address);
            return await FindAsync(other);
        }
    }

    [Fact]
    public async Task What_is_in_progress_is_listed_by_its_age()
    {
        await CrashAsync(EngineFixture.Operation("old"));
        _fixture.Time.Advance(TimeSpan.FromMinutes(10));
        await CrashAsync(EngineFixture.Operation("new"));
        await ExecuteAsync(EngineFixture.Operation("done"));

        var listed = await _administration.ListInProgressAsync(EngineFixture.Partition.Table, TimeSpan.FromMinutes(5), default).ToListAsync();
        Assert.Equal("old", Assert.Single(listed).KeyEnd);
        Assert.Equal(2, (await _administration.ListInProgressAsync(EngineFixture.Partition.Table, -TimeSpan.FromSeconds(1), default).ToListAsync()).Count);
    }

    [Fact]
    public async Task A_parked_operation_is_listed_once_its_lease_is_over_and_a_blocked_one_once_somebody_asked()
    {
        await CrashAsync(Operation(CrashPolicy.Park, "park"));
        await CrashAsync(Operation(CrashPolicy.Block, "block"));
        Assert.Empty(await UnknownAsync());

        PassLease();
        Assert.Equal("park", Assert.Single(await UnknownAsync()).KeyEnd);
        await ExecuteAsync(Operation(CrashPolicy.Block, "block"));
        Assert.Equal(["lock", "park"], (await UnknownAsync()).Select(record => record.KeyEnd!).Order());
        Assert.All(await UnknownAsync(), record => Assert.Null(record.ExpiresAt));
    }

    [Fact]
    public async Task A_resolved_outcome_is_replayed_and_off_the_list_and_says_who_decided()
    {
        var operation = await UnknownOperationAsync();
        var record = Assert.Single(await UnknownAsync());
        Assert.Equal(DecisionOutcome.Done, await _administration.ResolveAsync(record, EngineFixture.Result("paid"), Ada, default));

        Assert.Equal("paid", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Replayed>(await ExecuteAsync(operation)).Result));
        Assert.Empty(await UnknownAsync());
        Assert.Empty(await NotesAsync());
        var decision = Assert.Single(await _administration.ListDecisionsAsync(record.Address, default).ToListAsync());
        Assert.Equal(("Resolved", Ada, OperationState.Unknown, 1L), (decision.Change, decision.Decision, decision.State, decision.Attempt));
        Assert.Equal(DecisionOutcome.AlreadyCompleted, await _administration.ReleaseAsync((await FindAsync(operation))!, Ada, default));
    }

    // Guards the owner and the epoch that a decision writes.
    [Theory]
    [InlineData("release")]
    [InlineData("resolve")]
    [InlineData("forget")]
    public async Task A_decision_fences_the_slow_executor(string decision)
    {
        var operation = Operation(CrashPolicy.Block);
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = _fixture.NewEngine().ExecuteAsync(
            operation,
            async (_, _) =>
            {
                started.SetResult();
                await goOn.Task;
                return HandlerOutcome.Completed(EngineFixture.Result("late"), rows: [RowWrite.Insert("payment|late", new Dictionary<string, object>())]);
            },
            default);
        await started.Task;
        var record = (await FindAsync(operation))!;
        Assert.Equal(DecisionOutcome.Done, await (decision switch
        {
            "release" => _administration.ReleaseAsync(record, Ada, default),
            "resolve" => _administration.ResolveAsync(record, EngineFixture.Result("decided"), Ada, default),
            _ => _administration.ForgetAsync(record, Ada, default),
        }));
        if (decision != "resolve")
        {
            Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(operation));
        }

        goOn.SetResult();
        Assert.Equal(decision == "resolve" ? "decided" : "run 1", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Replayed>(await slow).Result));
        Assert.DoesNotContain(await _fixture.PaymentsAsync(), row => row.Address.RowKey == "payment|late");
        Assert.Equal(decision switch { "release" => 3L, "resolve" => 2L, _ => 1L }, (await FindAsync(operation))!.Attempt);
    }

    // Guards the owner that a decision writes: nobody else has claimed yet.
    [Fact]
    public async Task A_slow_executor_whose_operation_is_released_does_not_run_again_by_itself()
    {
        var runs = 0;
        var outcome = await _fixture.NewEngine().ExecuteAsync(
            Operation(CrashPolicy.Block),
            async (_, _) =>
            {
                if (++runs == 1)
                {
                    await _administration.ReleaseAsync((await FindAsync(Operation(CrashPolicy.Block)))!, Ada, default);
                }

                return HandlerOutcome.Completed(EngineFixture.Result($"run {runs}"));
            },
            default);

        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(outcome);
        Assert.Equal(1, runs);
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(Operation(CrashPolicy.Block)));
        Assert.Equal(3, (await FindAsync(Operation(CrashPolicy.Block)))!.Attempt);
    }

    /// <summary>Law 13. Guards the retention that <c>IdempotencyRecord.KeptFrom</c> goes by: a message's is longer than the engine's.</summary>
    [Theory]
    [InlineData("resolve")]
    [InlineData("release")]
    public async Task A_decision_keeps_the_operation_for_its_own_retention(string decision)
    {
        var operation = Operation(CrashPolicy.Block) with { Retention = TimeSpan.FromDays(8) };
        await CrashAsync(operation);
        PassLease();
        await ExecuteAsync(operation);
        var record = (await FindAsync(operation))!;
        await (decision == "resolve" ? _administration.ResolveAsync(record, EngineFixture.Result("paid"), Ada, default) : _administration.ReleaseAsync(record, Ada, default));

        // As long as a caller finds it, a person does.
        _fixture.Time.Advance(TimeSpan.FromDays(8) + _fixture.Options.ClockSkewMargin - TimeSpan.FromTicks(1));
        Assert.Equal(record.StartedAt, (await FindAsync(operation))!.StartedAt);
        _fixture.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await FindAsync(operation));
    }

    [Fact]
    public async Task What_has_answered_or_has_expired_or_is_of_a_later_version_is_not_listed_as_in_progress()
    {
        await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation("answered"), (_, _) => Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("503"))), default);
        await CrashAsync(EngineFixture.Operation("expired") with { Retention = TimeSpan.FromMinutes(5) });
        await CrashAsync(EngineFixture.Operation("here"));
        var known = await RowAsync((await FindAsync(EngineFixture.Operation("here")))!.Address);
        await _fixture.Memory.WriteAsync(
            new RowTransaction(EngineFixture.Partition, [RowWrite.Insert("idem|later", new Dictionary<string, object>(known.Values) { ["SchemaVersion"] = 3 })]), default);
        _fixture.Time.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal("here", Assert.Single(await _administration.ListInProgressAsync(EngineFixture.Partition.Table, TimeSpan.Zero, default).ToListAsync()).KeyEnd);
    }

    [Fact]
    public async Task A_released_operation_keeps_its_steps_and_its_keys_and_a_forgotten_one_does_not()
    {
        var operation = await UnknownOperationAsync();
        var record = (await FindAsync(operation))!;
        await _administration.ReleaseAsync(record, Ada, default);
        Assert.Equal(record.StartedAt, (await FindAsync(operation))!.StartedAt);

        await _administration.ForgetAsync((await FindAsync(operation))!, Ada, default);
        Assert.Null(await FindAsync(operation));
        Assert.Equal(["Released", "Forgotten"], (await _administration.ListDecisionsAsync(record.Address, default).ToListAsync()).Select(kept => kept.Change));
        await ExecuteAsync(operation);
        Assert.NotEqual(record.StartedAt, (await FindAsync(operation))!.StartedAt);
    }

    [Fact]
    public async Task A_decision_about_what_has_changed_since_is_not_made()
    {
        var operation = await UnknownOperationAsync();
        var seen = (await FindAsync(operation))!;
        await _administration.ReleaseAsync(seen, Ada, default);

        Assert.Equal(DecisionOutcome.Changed, await _administration.ResolveAsync(seen, EngineFixture.Result("paid"), Ada, default));
        Assert.Equal(DecisionOutcome.Changed, await _administration.ForgetAsync(seen, Ada, default));
        Assert.Single(await _administration.ListDecisionsAsync(seen.Address, default).ToListAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => _administration.ReleaseAsync(seen, new Decision("", "why"), default));
    }

    // Guards the age of the local cache.
    [Fact]
    public async Task Other_instances_know_a_decision_within_the_age_of_their_cache()
    {
        _fixture.Options.LocalCacheBytes = 1024 * 1024;
        using var other = _fixture.NewEngine();
        await other.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default);
        await _administration.ForgetAsync((await FindAsync(EngineFixture.Operation()))!, Ada, default);

        _fixture.Time.Advance(_fixture.Options.LocalCacheAge - TimeSpan.FromTicks(1));
        Assert.IsType<ExecutionOutcome.Replayed>(await other.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        _fixture.Time.Advance(TimeSpan.FromTicks(1));
        Assert.IsType<ExecutionOutcome.Executed>(await other.ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    private static Operation Operation(CrashPolicy policy, string key = "k") => EngineFixture.Operation(key) with { CrashPolicy = policy };

    private async Task<Operation> UnknownOperationAsync()
    {
        var operation = Operation(CrashPolicy.Block);
        await CrashAsync(operation);
        PassLease();
        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(operation));
        return operation;
    }

    private async Task<ExecutionOutcome> ExecuteAsync(Operation operation)
    {
        using var engine = _fixture.NewEngine();
        return await engine.ExecuteAsync(operation, _fixture.Handle, default);
    }

    private Task<OperationRecord?> FindAsync(Operation operation) => _administration.FindAsync(operation.Scope, operation.Key, operation.Placement, default);

    private async Task<List<OperationRecord>> UnknownAsync() => await _administration.ListUnknownAsync(default).ToListAsync();

    private async Task<Row> RowAsync(RowAddress address) => (await _fixture.Memory.ReadAsync(address, default))!;

    private async Task<List<Row>> NotesAsync()
    {
        var notes = new List<Row>();
        foreach (var shard in "0123456789abcdef")
        {
            notes.AddRange(await _fixture.Memory.QueryAsync(new RowQuery(new PartitionAddress("Idempotency", $"unknown~{shard}"), ""), default).ToListAsync());
        }

        return notes;
    }

    private async Task CrashAsync(Operation operation)
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        using var engine = _fixture.NewEngine(partitioned);
        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.ExecuteAsync<OperationResult>(
            operation,
            (_, _) =>
            {
                partitioned.IsDown = true;
                throw new InvalidOperationException("The process dies.");
            },
            default));
    }

    private void PassLease() => _fixture.Time.Advance(_fixture.Options.Lease + _fixture.Options.ClockSkewMargin);
}
