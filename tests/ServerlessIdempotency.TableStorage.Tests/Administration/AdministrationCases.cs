using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests.Administration;

/// <summary>Finding, listing and deciding, the same over every store.</summary>
public abstract class AdministrationCases
{
    private static readonly Decision Ada = new("ada", "The bank says that it was paid.");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly IdempotencyOptions _options = new() { TableName = AzuriteFixture.NewTableName(), LocalCacheBytes = 0 };
    private readonly PartitionAddress _partition = new(AzuriteFixture.NewTableName(), "merchant~07");

    private protected abstract IRowStore Store { get; }

    // Built anew each time: nothing of it is remembered between two looks.
    private IIdempotencyAdministration Administration => AdministrationOver(Store, _options.TableName, _time);

    internal static IIdempotencyAdministration AdministrationOver(IRowStore store, string table, TimeProvider time) => new ServiceCollection()
        .AddSingleton(store)
        .AddSingleton(time)
        .AddLogging()
        .AddIdempotency(options => options.TableName = table)
        .Services
        .BuildServiceProvider()
        .GetRequiredService<IIdempotencyAdministration>();

    /// <summary>Park notes before the handler, Block when it ends: the list is the same, of every table and placement.</summary>
    [Theory]
    [InlineData(CrashPolicy.Block, true)]
    [InlineData(CrashPolicy.Block, false)]
    [InlineData(CrashPolicy.Park, true)]
    [InlineData(CrashPolicy.Park, false)]
    public async Task An_unknown_outcome_is_listed_until_it_is_resolved_and_then_replayed(CrashPolicy policy, bool isBesideRows)
    {
        var operation = Operation(policy, isBesideRows);
        await ThrowAsync(operation);
        await RunAsync(Operation(policy, isBesideRows) with { Key = IdempotencyKey.Create("answered") });
        var unknown = Assert.Single(await Administration.ListUnknownAsync(default).ToListAsync());
        Assert.Equal((OperationState.Unknown, "payment.create", "f-42", 1L, null), (unknown.State, unknown.Operation, unknown.KeyEnd, unknown.Attempt, unknown.ExpiresAt));

        Assert.Equal(DecisionOutcome.Done, await Administration.ResolveAsync(unknown, Result("paid after all"), Ada, default));

        Assert.Equal("paid after all", Text(Assert.IsType<ExecutionOutcome.Replayed>(await RunAsync(operation)).Result));
        Assert.Empty(await Administration.ListUnknownAsync(default).ToListAsync());
        var decided = Assert.Single(await Administration.ListDecisionsAsync(unknown.Address, default).ToListAsync());
        Assert.Equal(new RecordedDecision("Resolved", Ada, _time.GetUtcNow(), OperationState.Unknown, 1), decided);
        Assert.Equal(DecisionOutcome.AlreadyCompleted, await Administration.ReleaseAsync((await FindAsync(operation))!, Ada, default));
    }

    [Fact]
    public async Task A_released_operation_runs_again_under_the_same_stable_keys_and_off_the_list()
    {
        var operation = Operation(CrashPolicy.Block);
        var hash = await ThrowAsync(operation);
        var unknown = Assert.Single(await Administration.ListUnknownAsync(default).ToListAsync());

        Assert.Equal(DecisionOutcome.Done, await Administration.ReleaseAsync(unknown, Ada, default));

        Assert.Empty(await Administration.ListUnknownAsync(default).ToListAsync());
        Assert.Empty(await Administration.ListInProgressAsync(_partition.Table, TimeSpan.Zero, default).ToListAsync());
        Assert.Equal($"ran as {hash}", Text(Assert.IsType<ExecutionOutcome.Executed>(await RunAsync(operation)).Result));
        Assert.Equal("Released", Assert.Single(await Administration.ListDecisionsAsync(unknown.Address, default).ToListAsync()).Change);
    }

    [Fact]
    public async Task A_forgotten_operation_is_a_new_one_and_what_was_decided_about_it_stays()
    {
        var operation = Operation(CrashPolicy.Block);
        var hash = await ThrowAsync(operation);
        var unknown = Assert.Single(await Administration.ListUnknownAsync(default).ToListAsync());
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(DecisionOutcome.Done, await Administration.ForgetAsync(unknown, Ada, default));

        Assert.Null(await FindAsync(operation));
        Assert.NotEqual($"ran as {hash}", Text(Assert.IsType<ExecutionOutcome.Executed>(await RunAsync(operation)).Result));
        Assert.Equal("Forgotten", Assert.Single(await Administration.ListDecisionsAsync(unknown.Address, default).ToListAsync()).Change);
    }

    /// <summary>Guards the version that each decision carries; none of it is written then, its own row included.</summary>
    [Theory]
    [InlineData("Release")]
    [InlineData("Resolve")]
    [InlineData("Forget")]
    public async Task Of_two_decisions_about_one_version_one_stands(string second)
    {
        var operation = Operation(CrashPolicy.Block);
        await ThrowAsync(operation);
        var unknown = Assert.Single(await Administration.ListUnknownAsync(default).ToListAsync());
        Assert.Equal(DecisionOutcome.Done, await Administration.ResolveAsync(unknown, Result("first"), Ada, default));

        Assert.Equal(DecisionOutcome.Changed, await (second switch
        {
            "Release" => Administration.ReleaseAsync(unknown, Ada, default),
            "Resolve" => Administration.ResolveAsync(unknown, Result("second"), Ada, default),
            _ => Administration.ForgetAsync(unknown, Ada, default),
        }));

        Assert.Equal("first", Text(Assert.IsType<ExecutionOutcome.Replayed>(await RunAsync(operation)).Result));
        Assert.Single(await Administration.ListDecisionsAsync(unknown.Address, default).ToListAsync());
    }

    /// <summary>Fenced: an executor that is still at it when a person decides changes nothing any more.</summary>
    [Theory]
    [InlineData("Release")]
    [InlineData("Resolve")]
    [InlineData("Forget")]
    public async Task Whoever_executes_what_was_decided_meanwhile_stores_nothing(string decision)
    {
        var operation = Operation(CrashPolicy.Block);
        using var engine = NewEngine();
        var outcome = await engine.ExecuteAsync(
            operation,
            async (context, token) =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                var held = Assert.Single(await Administration.ListInProgressAsync(_partition.Table, TimeSpan.Zero, token).ToListAsync(token));
                Assert.Equal(DecisionOutcome.Done, await (decision switch
                {
                    "Release" => Administration.ReleaseAsync(held, Ada, token),
                    "Resolve" => Administration.ResolveAsync(held, Result("decided"), Ada, token),
                    _ => Administration.ForgetAsync(held, Ada, token),
                }));
                return HandlerOutcome.Completed(Result("late"), rows: [RowWrite.Insert("payment|late", new Dictionary<string, object>())]);
            },
            default);

        Assert.Equal(decision == "Resolve", outcome is ExecutionOutcome.Replayed);
        Assert.Equal(decision != "Resolve", outcome is ExecutionOutcome.OutcomeUnknown);
        Assert.Null(await Store.ReadAsync(_partition.Row("payment|late"), default));
    }

    private Operation Operation(CrashPolicy policy, bool isBesideRows = true) => new()
    {
        Scope = new OperationScope("alice", "payment.create"),
        Key = IdempotencyKey.Create("key-of-42"),
        Fingerprint = Fingerprint.FromBytes("payment.create", []),
        Placement = isBesideRows ? RecordPlacement.InPartition(_partition) : RecordPlacement.Standalone,
        CrashPolicy = policy,
    };

    private Task<OperationRecord?> FindAsync(Operation operation) => Administration.FindAsync(operation.Scope, operation.Key, operation.Placement, default);

    private async Task<ExecutionOutcome> RunAsync(Operation operation)
    {
        using var engine = NewEngine();
        return await engine.ExecuteAsync(operation, (context, _) => Task.FromResult(HandlerOutcome.Completed(Result($"ran as {context.OperationHash}"))), default);
    }

    private async Task<string> ThrowAsync(Operation operation)
    {
        var hash = "";
        using var engine = NewEngine();
        await Assert.ThrowsAsync<TimeoutException>(() => engine.ExecuteAsync<OperationResult>(
            operation,
            (context, _) =>
            {
                hash = context.OperationHash;
                throw new TimeoutException();
            },
            default));
        return hash;
    }

    private IdempotencyEngine NewEngine() => new(NewWriter(), _options, _time, NullLogger<IdempotencyEngine>.Instance);

    private RowWriter NewWriter() => new(Store, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, _time);

    private static OperationResult Result(string text) => new(201, [], Encoding.UTF8.GetBytes(text));

    private static string Text(OperationResult result) => Encoding.UTF8.GetString(result.Body.Span);
}
