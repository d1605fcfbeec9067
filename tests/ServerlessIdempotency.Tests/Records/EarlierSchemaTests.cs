using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Rows;
using Found = ServerlessIdempotency.Execution.ProbeOutcome<ServerlessIdempotency.Execution.HandlerOutcome<ServerlessIdempotency.Records.OperationResult>>;

namespace ServerlessIdempotency.Tests.Records;

/// <summary>What instances of the version before have written means the same to this one, whatever state it was left in.</summary>
public sealed class EarlierSchemaTests
{
    private static readonly string[] AddedSince = ["RetentionSeconds", "CrashPolicy", "Reason", "Operation", "PrincipalHash", "KeyEnd", "Instance"];

    private readonly EngineFixture _fixture = new();

    private int _charges;

    [Fact]
    public async Task What_an_instance_of_the_version_before_holds_is_in_progress()
    {
        await CrashAsync();
        await MakeEarlierAsync();

        var inProgress = Assert.IsType<ExecutionOutcome.InProgress>(await ExecuteAsync(EngineFixture.Operation()));

        Assert.Equal(_fixture.Options.Lease + _fixture.Options.ClockSkewMargin, inProgress.LeaseLeft);
        Assert.Equal(1, _charges);
    }

    [Fact]
    public async Task What_it_left_is_taken_over_with_its_start_and_its_steps_and_written_anew()
    {
        var hash = await CrashAsync();
        await MakeEarlierAsync();
        PassLease();

        var executed = Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(EngineFixture.Operation()));

        Assert.Equal($"charge-1 of {hash} at 2", EngineFixture.Text(executed.Result));
        Assert.Equal(1, _charges);
        Assert.Equal(2, (await RecordAsync()).GetInt64("SchemaVersion"));
        Assert.False((await RecordAsync()).Values.ContainsKey("ExpiresAt"), "Both columns are there.");
    }

    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    [InlineData(CrashPolicy.Probe)]
    public async Task What_it_left_is_unknown_to_a_caller_who_promises_more(CrashPolicy policy)
    {
        await CrashAsync();
        await MakeEarlierAsync();
        PassLease();

        Assert.IsType<ExecutionOutcome.OutcomeUnknown>(await ExecuteAsync(Operation(policy, new Found.NotKnown("Nobody knows."))));

        var record = await RecordAsync();
        Assert.Equal(("Unknown", 2L, false), (record.GetString("State"), record.GetInt64("SchemaVersion"), record.Values.ContainsKey(RowColumns.ExpiresAt) || record.Values.ContainsKey("ExpiresAt")));
        Assert.Equal(1, _charges);
    }

    /// <summary>It wrote the same of an answer and of an exception, and had no policy that told them apart.</summary>
    [Theory]
    [InlineData(CrashPolicy.Rerun)]
    [InlineData(CrashPolicy.Probe)]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task What_failed_under_it_runs_at_once(CrashPolicy policy)
    {
        await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), (_, _) => Task.FromResult(HandlerOutcome.Failed(EngineFixture.Result("503"))), default);
        await MakeEarlierAsync();

        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(Operation(policy, new Found.NotKnown("It is not asked."))));
    }

    [Fact]
    public async Task What_it_answered_is_replayed_until_it_expires_and_is_new_afterwards()
    {
        await ExecuteAsync(EngineFixture.Operation());
        await MakeEarlierAsync();
        _fixture.Time.Advance(_fixture.Options.Retention - TimeSpan.FromTicks(1));
        Assert.IsType<ExecutionOutcome.Replayed>(await ExecuteAsync(EngineFixture.Operation()));

        _fixture.Time.Advance(_fixture.Options.ClockSkewMargin + TimeSpan.FromTicks(1));
        Assert.IsType<ExecutionOutcome.Executed>(await ExecuteAsync(EngineFixture.Operation()));
        Assert.Equal(2, _charges);
    }

    private static Operation Operation(CrashPolicy policy, Found found) =>
        EngineFixture.Operation() with { CrashPolicy = policy, Probe = policy == CrashPolicy.Probe ? (_, _) => Task.FromResult(found) : null };

    private Task<ExecutionOutcome> ExecuteAsync(Operation operation) => _fixture.NewEngine().ExecuteAsync(operation, HandleAsync, default);

    private async Task<HandlerOutcome<OperationResult>> HandleAsync(OperationContext context, CancellationToken cancellationToken)
    {
        var charge = await ChargeAsync(context, cancellationToken);
        return HandlerOutcome.Completed(EngineFixture.Result($"{charge} of {context.OperationHash} at {context.Epoch}"));
    }

    private Task<string> ChargeAsync(OperationContext context, CancellationToken cancellationToken) =>
        context.StepAsync("charge", (_, _) => Task.FromResult($"charge-{++_charges}"), TextJson.Default.String, cancellationToken);

    /// <summary>A process that dies behind its charge.</summary>
    private async Task<string> CrashAsync()
    {
        var hash = "";
        var partitioned = new FaultyRowStore(_fixture.Memory);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _fixture.NewEngine(partitioned).ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            async (context, token) =>
            {
                hash = context.OperationHash;
                await ChargeAsync(context, token);
                partitioned.IsDown = true;
                throw new InvalidOperationException("The process dies.");
            },
            default));
        return hash;
    }

    /// <summary>The record as the version before has it.</summary>
    private async Task MakeEarlierAsync()
    {
        var record = await RecordAsync();
        var values = record.Values.Where(value => !AddedSince.Contains(value.Key)).ToDictionary();
        values["SchemaVersion"] = 1;
        Assert.True(values.Remove(RowColumns.ExpiresAt, out var expiresAt));
        values["ExpiresAt"] = expiresAt;
        Assert.IsType<WriteOutcome.Applied>(await _fixture.Memory.WriteAsync(new RowTransaction(EngineFixture.Partition, [RowWrite.Replace(record.Address.RowKey, values, record.ETag)]), default));
    }

    private async Task<Row> RecordAsync() => Assert.Single(await _fixture.Memory.QueryAsync(new RowQuery(EngineFixture.Partition, "idem|"), default).ToListAsync());

    private void PassLease() => _fixture.Time.Advance(_fixture.Options.Lease + _fixture.Options.ClockSkewMargin);
}
