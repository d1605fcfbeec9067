using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Rows;

namespace TestDoubles.Execution;

/// <summary>Engines over one store and one clock, as several instances of an app would be.</summary>
internal sealed class EngineFixture
{
    public static readonly PartitionAddress Partition = new("Business", "p");

    public EngineFixture() => Store = new FaultyRowStore(Memory);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public InMemoryRowStore Memory { get; } = new();

    public FaultyRowStore Store { get; }

    public IdempotencyOptions Options { get; } = new() { LocalCacheBytes = 0 };

    public int Runs { get; private set; }

    /// <summary>A further instance of the app.</summary>
    public IdempotencyEngine NewEngine(IRowStore? store = null, TimeProvider? time = null) =>
        new(new RowWriter(store ?? Store, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, time ?? Time), Options, time ?? Time, NullLogger<IdempotencyEngine>.Instance);

    public static Operation Operation(string key = "k", string principal = "alice", string body = """{"amount":1}""") => new()
    {
        Scope = new OperationScope(principal, "pay"),
        Key = IdempotencyKey.Create(key),
        Fingerprint = Fingerprint.FromJson("pay", System.Text.Encoding.UTF8.GetBytes(body)),
        Placement = RecordPlacement.InPartition(Partition),
    };

    public static OperationResult Result(string text) => new(201, [], System.Text.Encoding.UTF8.GetBytes(text));

    public static string Text(OperationResult result) => System.Text.Encoding.UTF8.GetString(result.Body.Span);

    /// <summary>A handler that writes one business row and answers with the number of its run.</summary>
    public Task<HandlerOutcome<OperationResult>> Handle(OperationContext context, CancellationToken cancellationToken)
    {
        Runs++;
        return Task.FromResult(HandlerOutcome.Completed(
            Result($"run {Runs}"),
            rows: [RowWrite.Insert($"payment|{context.OperationHash}", new Dictionary<string, object> { ["Run"] = Runs })]));
    }

    public async Task<List<Row>> PaymentsAsync()
    {
        var rows = new List<Row>();
        await foreach (var row in Memory.QueryAsync(new RowQuery(Partition, "payment|"), default))
        {
            rows.Add(row);
        }

        return rows;
    }
}
