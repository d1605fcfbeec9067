using ServerlessIdempotency.Execution;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Engine;

/// <summary>The budgets of round trips, counted on the wire of a real Azurite.</summary>
[Collection(OneAzurite.Name)]
public sealed class EngineBudgetTests(AzuriteFixture azurite)
{
    private readonly EngineOnTables _tables = new(azurite);
    private readonly StorageCallRecorder _recorder = new();

    [Fact]
    public async Task A_new_operation_is_one_insert_and_one_transaction()
    {
        await _tables.CreateTableAsync();

        Assert.IsType<ExecutionOutcome.Executed>(await PayAsync(_tables.Operation()));

        Assert.Equal([StorageOperation.Insert, StorageOperation.Transaction], Calls());
    }

    [Fact]
    public async Task A_new_operation_in_a_single_trip_is_one_transaction_and_a_repeat_one_more_and_a_read()
    {
        await _tables.CreateTableAsync();

        Assert.IsType<ExecutionOutcome.Executed>(await PayInSingleTripAsync());
        Assert.Equal([StorageOperation.Transaction], Calls());
        _recorder.Clear();

        Assert.IsType<ExecutionOutcome.Replayed>(await PayInSingleTripAsync());
        Assert.Equal([StorageOperation.Transaction, StorageOperation.Read], Calls());
        Assert.Equal(3, (await _tables.RowsAsync("")).Count(row => !row.Address.RowKey.StartsWith("idem|", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_replay_is_one_refused_insert_and_one_read()
    {
        await _tables.CreateTableAsync();
        await PayAsync(_tables.Operation());
        _recorder.Clear();

        Assert.IsType<ExecutionOutcome.Replayed>(await PayAsync(_tables.Operation()));

        Assert.Equal([StorageOperation.Insert, StorageOperation.Read], Calls());
    }

    [Fact]
    public async Task A_replay_that_is_known_to_be_a_retry_is_one_read()
    {
        await _tables.CreateTableAsync();
        await PayAsync(_tables.Operation());
        _recorder.Clear();

        Assert.IsType<ExecutionOutcome.Replayed>(await PayAsync(_tables.Operation() with { LikelyRetry = true }));

        Assert.Equal([StorageOperation.Read], Calls());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_in_progress_is_one_read_where_it_is_known_to_be_a_retry(bool isKnown)
    {
        await _tables.CreateTableAsync();
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var executing = _tables.NewInstance().ExecuteAsync(
            _tables.Operation(),
            async (context, _) =>
            {
                started.SetResult();
                await goOn.Task;
                return await EngineOnTables.PayAsync(context, "one");
            },
            default);
        await started.Task;

        Assert.IsType<ExecutionOutcome.InProgress>(await PayAsync(_tables.Operation() with { LikelyRetry = isKnown }));

        Assert.Equal(isKnown ? [StorageOperation.Read] : [StorageOperation.Insert, StorageOperation.Read], Calls());
        goOn.SetResult();
        await executing;
    }

    [Fact]
    public async Task A_replay_in_the_process_that_executed_costs_nothing()
    {
        await _tables.CreateTableAsync();
        _tables.Options.LocalCacheBytes = 1024 * 1024;
        var engine = _tables.NewInstance(_recorder);
        await engine.ExecuteAsync(_tables.Operation(), (context, _) => EngineOnTables.PayAsync(context, "one"), default);
        _recorder.Clear();

        Assert.IsType<ExecutionOutcome.Replayed>(await engine.ExecuteAsync(_tables.Operation(), (context, _) => EngineOnTables.PayAsync(context, "two"), default));

        Assert.Empty(_recorder.Calls);
    }

    [Fact]
    public async Task A_missing_table_is_created_by_the_first_operation()
    {
        Assert.IsType<ExecutionOutcome.Executed>(await PayAsync(_tables.Operation()));

        Assert.Single(await _tables.RowsAsync("payment|"));
    }

    private Task<ExecutionOutcome> PayAsync(Operation operation) =>
        _tables.NewInstance(_recorder).ExecuteAsync(operation, (context, _) => EngineOnTables.PayAsync(context, "one"), default);

    private Task<ExecutionOutcome> PayInSingleTripAsync() =>
        _tables.NewInstance(_recorder).ExecuteSingleTripAsync(_tables.Operation(), (context, _) => EngineOnTables.PayAsync(context.OperationHash, "one"), default);

    private IEnumerable<StorageOperation> Calls() => _recorder.Calls.Select(call => call.Operation);
}
