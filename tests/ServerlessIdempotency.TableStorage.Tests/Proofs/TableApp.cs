using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.TableStorage;

namespace ServerlessIdempotency.TableStorage.Tests.Proofs;

/// <summary>One process of an app over real tables, whose every HTTP request the proof controls.</summary>
internal sealed class TableApp(ProofProcess process, string connectionString, string table)
{
    private readonly IRowStore _store = process.Watch(new TableStorageRowStore(new TableStorageOptions
    {
        ConnectionString = connectionString,
        ConfigureClient = process.Control,
        MaxRetries = 1,

        // A slow machine is no fault of the schedule.
        NetworkTimeout = TimeSpan.FromSeconds(60),
        CallTimeout = TimeSpan.FromMinutes(5),
    }));

    // Each run has a partition of its own in the one table.
    private readonly PartitionAddress _partition = new(table, process.Shared(NewRun));

    public static string NewRun() => "run-" + Guid.NewGuid().ToString("N");

    /// <summary>Pays by the engine: an outside charge, and a row that commits with the record.</summary>
    public async Task<ProofAnswer> PayAsync()
    {
        using var engine = new IdempotencyEngine(
            new RowWriter(_store, new RowWriterOptions(), process.Clock), new IdempotencyOptions { LocalCacheBytes = 0 }, process.Clock, NullLogger<IdempotencyEngine>.Instance);
        var operation = new Operation
        {
            Scope = new OperationScope("merchant", "pay"),
            Key = IdempotencyKey.Create("k-1"),
            Fingerprint = Fingerprint.FromBytes("pay", "12.50"u8),
            Placement = RecordPlacement.InPartition(_partition),
        };
        return ProofAnswer.Of(await engine.ExecuteAsync(
            operation,
            async (context, token) =>
            {
                var charge = await process.Outside.CallAsync("charge", context.StableKey("charge"), () => "ch_1", token);
                return HandlerOutcome.Completed(
                    new OperationResult(201, [], Encoding.UTF8.GetBytes(charge)),
                    rows: [RowWrite.Insert("payment|" + context.OperationHash, new Dictionary<string, object> { ["Charge"] = charge })]);
            },
            default));
    }

    /// <summary>Takes a write that got no clear answer for one that did not happen, and writes again.</summary>
    public async Task<ProofAnswer> PayWithAMistakeAsync()
    {
        while (true)
        {
            try
            {
                var row = RowWrite.Insert($"payment|{Guid.NewGuid():N}", new Dictionary<string, object>());
                await _store.WriteAsync(new RowTransaction(_partition, [row]), default);
                return new ProofAnswer.Final("paid");
            }
            catch (StoreUnavailableException)
            {
                // Try again.
            }
        }
    }
}
