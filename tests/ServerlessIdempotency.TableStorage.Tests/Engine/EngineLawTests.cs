using System.Text;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Engine;

/// <summary>The laws on a real Azurite: one executor, zombies, lost replies, principals.</summary>
[Collection(OneAzurite.Name)]
public sealed class EngineLawTests(AzuriteFixture azurite)
{
    private readonly EngineOnTables _tables = new(azurite);

    // Guards law 2: the claim's insert.
    [Fact]
    public async Task Of_64_concurrent_callers_on_8_instances_one_executes_and_one_result_stands()
    {
        await _tables.CreateTableAsync();
        var runs = 0;
        var instances = Enumerable.Range(0, 8).Select(_ => _tables.NewInstance()).ToArray();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => instances[caller % 8].ExecuteAsync(
            _tables.Operation(),
            (context, _) =>
            {
                Interlocked.Increment(ref runs);
                return EngineOnTables.PayAsync(context, $"caller {caller}");
            },
            default)));

        Assert.Equal(1, runs);
        Assert.Single(outcomes.OfType<ExecutionOutcome.Executed>());
        Assert.All(outcomes, outcome => Assert.True(outcome is ExecutionOutcome.Executed or ExecutionOutcome.Replayed or ExecutionOutcome.InProgress));
        Assert.Single(await _tables.RowsAsync("payment|"));
        Assert.Equal(2, (await _tables.RowsAsync("ledger|")).Count);
    }

    // Guards law 3: the ETag that goes with the record, first in every transaction.
    [Fact]
    public async Task A_zombie_whose_claim_was_taken_over_writes_no_row_and_is_told_the_other_result()
    {
        await _tables.CreateTableAsync();
        var cutOff = new FaultTransport();
        var running = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var zombie = _tables.NewInstance(faults: cutOff, maxRetries: 0).ExecuteAsync(
            _tables.Operation(),
            async (context, _) =>
            {
                running.SetResult();
                await goOn.Task;
                return await EngineOnTables.PayAsync(context, "zombie");
            },
            default);
        await running.Task;

        // Its renewals don't get through, its lease lapses, and another instance takes over and commits.
        cutOff.Otherwise = _ => StorageFault.FailBefore;
        _tables.Time.Advance(_tables.Options.Lease + _tables.Options.ClockSkewMargin);
        var taker = await _tables.NewInstance().ExecuteAsync(_tables.Operation(), (context, _) => EngineOnTables.PayAsync(context, "taker"), default);
        cutOff.Otherwise = null;
        goOn.SetResult();

        Assert.IsType<ExecutionOutcome.Executed>(taker);
        Assert.Equal("taker", Encoding.UTF8.GetString(Assert.IsType<ExecutionOutcome.Replayed>(await zombie).Result.Body.Span));
        Assert.Equal("taker", Assert.Single(await _tables.RowsAsync("payment|")).GetString("By"));
        Assert.Equal(2, (await _tables.RowsAsync("ledger|")).Count);
    }

    public static TheoryData<string, StorageOperation, int> LostReplies()
    {
        var cases = new TheoryData<string, StorageOperation, int>();
        foreach (var fault in new[] { "before", "after", "500 after", "503 inside" })
        {
            foreach (var operation in new[] { StorageOperation.Insert, StorageOperation.Transaction })
            {
                foreach (var retries in new[] { 0, 3 })
                {
                    if (fault != "503 inside" || operation == StorageOperation.Transaction)
                    {
                        cases.Add(fault, operation, retries);
                    }
                }
            }
        }

        return cases;
    }

    // Guards law 5: the operation id in the row.
    [Theory]
    [MemberData(nameof(LostReplies))]
    public async Task A_lost_reply_gives_no_false_in_progress_no_mismatch_and_no_second_row(string kind, StorageOperation operation, int sdkRetries)
    {
        await _tables.CreateTableAsync();
        var fault = kind switch
        {
            "before" => StorageFault.FailBefore,
            "after" => StorageFault.DropReply,
            "500 after" => StorageFault.AnswerAfter(500, "InternalError"),
            _ => StorageFault.AnswerInside(503, "ServerBusy"),
        };
        var faults = new FaultTransport().Next(operation, fault);
        var runs = 0;

        var outcome = await _tables.NewInstance(faults: faults, maxRetries: sdkRetries).ExecuteAsync(
            _tables.Operation(),
            (context, _) =>
            {
                runs++;
                return EngineOnTables.PayAsync(context, "one");
            },
            default);

        Assert.IsType<ExecutionOutcome.Executed>(outcome);
        Assert.Equal((1, 0), (runs, faults.Pending));
        Assert.Single(await _tables.RowsAsync("payment|"));
        Assert.Single(await _tables.RowsAsync("idem|"));
    }

    [Fact]
    public async Task A_crash_between_claim_and_commit_is_taken_over_with_the_same_stable_key()
    {
        await _tables.CreateTableAsync();
        var keys = new List<string>();
        var dying = new FaultTransport();
        var died = await _tables.NewInstance(faults: dying, maxRetries: 0).ExecuteAsync<OperationResult>(
            _tables.Operation(),
            (context, _) =>
            {
                keys.Add(context.StableKey("charge"));
                dying.Otherwise = _ => StorageFault.FailBefore;
                throw new StoreUnavailableException("The process dies here.");
            },
            default);
        Assert.IsType<ExecutionOutcome.Unavailable>(died);
        _tables.Time.Advance(_tables.Options.Lease + _tables.Options.ClockSkewMargin);

        Assert.IsType<ExecutionOutcome.Executed>(await _tables.NewInstance().ExecuteAsync(
            _tables.Operation(),
            (context, _) =>
            {
                keys.Add(context.StableKey("charge"));
                return EngineOnTables.PayAsync(context, "second");
            },
            default));

        Assert.Single(keys.Distinct());
        Assert.Single(await _tables.RowsAsync("payment|"));
    }

    // Guards law 10: the scope in the record's key.
    [Fact]
    public async Task A_key_used_by_one_principal_is_unknown_to_another()
    {
        await _tables.CreateTableAsync();
        await _tables.NewInstance().ExecuteAsync(_tables.Operation("alice"), (context, _) => EngineOnTables.PayAsync(context, "alice"), default);

        var bob = await _tables.NewInstance().ExecuteAsync(_tables.Operation("bob", """{"amount":7}"""), (context, _) => EngineOnTables.PayAsync(context, "bob"), default);

        Assert.Equal("bob", Encoding.UTF8.GetString(Assert.IsType<ExecutionOutcome.Executed>(bob).Result.Body.Span));
    }

    [Fact]
    public async Task A_released_claim_whose_deletes_reply_was_lost_leaves_no_record()
    {
        await _tables.CreateTableAsync();
        var faults = new FaultTransport().Next(StorageOperation.Delete, StorageFault.DropReply);

        await _tables.NewInstance(faults: faults).ExecuteAsync(
            _tables.Operation(),
            (_, _) => Task.FromResult(HandlerOutcome.NoEffect(new OperationResult(400, [], default))),
            default);

        Assert.Equal(0, faults.Pending);
        Assert.Empty(await _tables.RowsAsync("idem|"));
    }

    [Fact]
    public async Task A_record_on_its_own_replays_a_large_binary_body_byte_for_byte()
    {
        await _tables.CreateTableAsync();
        var body = new byte[600_000];
        new Random(7).NextBytes(body);
        var operation = _tables.Operation() with { Placement = RecordPlacement.Standalone };

        await _tables.NewInstance().ExecuteAsync(operation, (_, _) => Task.FromResult(HandlerOutcome.Completed(new(200, [], body))), default);
        var replayed = await _tables.NewInstance().ExecuteAsync<OperationResult>(operation, (_, _) => throw new InvalidOperationException("It must not run again."), default);

        Assert.Equal(body, Assert.IsType<ExecutionOutcome.Replayed>(replayed).Result.Body.ToArray());
    }
}
