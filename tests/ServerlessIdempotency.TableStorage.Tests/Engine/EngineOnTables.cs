using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Storage;

namespace ServerlessIdempotency.TableStorage.Tests.Engine;

/// <summary>Instances of an app over one real table, each with its own client, recorder and faults, and one clock.</summary>
internal sealed class EngineOnTables(AzuriteFixture azurite)
{
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public PartitionAddress Partition { get; } = new(AzuriteFixture.NewTableName(), "merchant~07");

    public IdempotencyOptions Options { get; } = new() { LocalCacheBytes = 0, TableName = AzuriteFixture.NewTableName() };

    /// <summary>A store that nothing is wrong with, for looking at what is really there.</summary>
    public IRowStore Truth { get; } = azurite.CreateStore();

    public IdempotencyEngine NewInstance(StorageCallRecorder? recorder = null, FaultTransport? faults = null, int maxRetries = 3) =>
        new(NewWriter(recorder, faults, maxRetries), Options, Time, NullLogger<IdempotencyEngine>.Instance);

    /// <summary>An inbox that remembers nothing but what is stored.</summary>
    public MessageInbox NewInbox(StorageCallRecorder recorder) => new(
        NewWriter(recorder, faults: null, maxRetries: 3), NewInstance(recorder), new InboxOptions { LocalCacheEntries = 0 }, Time, NullLogger<MessageInbox>.Instance);

    public Operation Operation(string principal = "alice", string body = """{"amount":1250}""") => new()
    {
        Scope = new OperationScope(principal, "payment.create"),
        Key = IdempotencyKey.Create("8e03978e-40d5-43dd-bc93-6894a57f9324"),
        Fingerprint = Fingerprint.FromJson("payment.create", Encoding.UTF8.GetBytes(body)),
        Placement = RecordPlacement.InPartition(Partition),
    };

    /// <summary>Commits a payment, two ledger entries and an answer, as the reference app does.</summary>
    public static Task<HandlerOutcome<OperationResult>> PayAsync(OperationContext context, string executor) => PayAsync(context.OperationHash, executor);

    public static Task<HandlerOutcome<OperationResult>> PayAsync(string operationHash, string executor)
    {
        var id = operationHash[..22];
        return Task.FromResult(HandlerOutcome.Completed(
            new OperationResult(201, [KeyValuePair.Create("Location", $"/payments/{id}")], Encoding.UTF8.GetBytes(executor)),
            rows: [
                RowWrite.Insert($"payment|{id}|{executor}", new Dictionary<string, object> { ["By"] = executor, ["Amount"] = 1250L }),
                RowWrite.Insert($"ledger|{id}|{executor}|debit", new Dictionary<string, object> { ["Amount"] = -1250L }),
                RowWrite.Insert($"ledger|{id}|{executor}|credit", new Dictionary<string, object> { ["Amount"] = 1250L }),
            ]));
    }

    public async Task<IReadOnlyList<Row>> RowsAsync(string prefix)
    {
        var rows = new List<Row>();
        await foreach (var row in Truth.QueryAsync(new RowQuery(Partition, prefix), default))
        {
            rows.Add(row);
        }

        return rows;
    }

    public Task CreateTableAsync() => ((TableStorageRowStore)Truth).EnsureTablesAsync([Partition.Table, Options.TableName], default);

    private RowWriter NewWriter(StorageCallRecorder? recorder, FaultTransport? faults, int maxRetries)
    {
        var store = azurite.CreateStore(options =>
        {
            options.MaxRetries = maxRetries;
            options.RetryDelay = TimeSpan.FromMilliseconds(1);
            options.MaxRetryDelay = TimeSpan.FromMilliseconds(1);
            options.ConfigureClient = client =>
            {
                recorder?.AddTo(client);
                faults?.AddTo(client);
            };
        });
        return new RowWriter(store, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, Time);
    }
}
