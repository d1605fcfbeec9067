using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Benchmarks;

/// <summary>What the engine adds to the two writes that it makes, without a network: ratios to those writes in the same run.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private static readonly PartitionAddress Partition = new("Table", "p");
    private static readonly byte[] Body = """{"accountId":"acc_1","amount":1250,"currency":"EUR","paymentMethod":"pm_ok","capture":true}"""u8.ToArray();
    private static readonly Task<HandlerOutcome<OperationResult>> Done = Task.FromResult(HandlerOutcome.Completed(new OperationResult(201, [], Body)));

    private readonly InMemoryRowStore _store = new();
    private IdempotencyEngine _engine = null!;
    private IdempotencyEngine _cachingEngine = null!;
    private Operation _repeated = null!;
    private int _next;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _engine = NewEngine(localCacheBytes: 0);
        _cachingEngine = NewEngine(localCacheBytes: 1024 * 1024);
        _repeated = NewOperation("repeated");
        await _cachingEngine.ExecuteAsync(_repeated, (_, _) => Done, default);
    }

    [Benchmark(Baseline = true, Description = "insert + replace, no engine")]
    public async Task<WriteOutcome> TwoWrites()
    {
        var key = $"row{_next++}";
        var values = new Dictionary<string, object> { ["Body"] = Body };
        var inserted = (WriteOutcome.Applied)await _store.WriteAsync(new RowTransaction(Partition, [RowWrite.Insert(key, values)]), default);
        return await _store.WriteAsync(new RowTransaction(Partition, [RowWrite.Replace(key, values, inserted.ETags[0]!)]), default);
    }

    [Benchmark(Description = "new operation")]
    public Task<ExecutionOutcome<OperationResult>> NewOperation() => _engine.ExecuteAsync(NewOperation($"key{_next++}"), (_, _) => Done, default);

    [Benchmark(Description = "replay from the store")]
    public Task<ExecutionOutcome<OperationResult>> Replay() => _engine.ExecuteAsync(_repeated, (_, _) => Done, default);

    [Benchmark(Description = "replay from the local cache")]
    public Task<ExecutionOutcome<OperationResult>> CachedReplay() => _cachingEngine.ExecuteAsync(_repeated, (_, _) => Done, default);

    [Benchmark(Description = "fingerprint of a request")]
    public string Fingerprinted() => Fingerprint.FromJson(_repeated.Scope.Operation, Body).Value;

    private IdempotencyEngine NewEngine(long localCacheBytes) => new(
        new RowWriter(_store, new RowWriterOptions(), TimeProvider.System),
        new IdempotencyOptions { LocalCacheBytes = localCacheBytes },
        TimeProvider.System,
        NullLogger<IdempotencyEngine>.Instance);

    private static Operation NewOperation(string key) => new()
    {
        Scope = new OperationScope("alice", "payment.create"),
        Key = IdempotencyKey.Create(key),
        Fingerprint = Fingerprint.FromJson("payment.create", Body),
        Placement = RecordPlacement.InPartition(Partition),
    };
}
