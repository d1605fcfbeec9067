using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Example;

/// <summary>The handler of docs/proof.md.</summary>
public sealed class PaymentHandler(IRowStore store, TimeProvider clock, OutsideCalls outside)
{
    public static readonly PartitionAddress Partition = new("Payments", "merchant-7");

    public async Task<ExecutionOutcome<OperationResult>> PayAsync(string key, int amount)
    {
        using var engine = new IdempotencyEngine(
            new RowWriter(store, new RowWriterOptions(), clock), new IdempotencyOptions(), clock, NullLogger<IdempotencyEngine>.Instance);
        var operation = new Operation
        {
            Scope = new OperationScope("merchant-7", "pay"),
            Key = IdempotencyKey.Create(key),
            Fingerprint = Fingerprint.FromBytes("pay", BitConverter.GetBytes(amount)),
            Placement = RecordPlacement.InPartition(Partition),
        };
        return await engine.ExecuteAsync(
            operation,
            async (context, token) =>
            {
                var charge = await outside.CallAsync("charge", context.StableKey("charge"), () => "ch_1", token);
                return HandlerOutcome.Completed(
                    new OperationResult(201, [], Encoding.UTF8.GetBytes(charge)),
                    rows: [RowWrite.Insert("payment|" + context.OperationHash, new Dictionary<string, object> { ["Amount"] = amount })]);
            },
            default);
    }
}
