using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>An app that pays by the engine: an outside charge, and a row that commits with the record.</summary>
internal sealed class EngineApp(ProofProcess process)
{
    public static readonly PartitionAddress Partition = new("Business", "merchant");

    // Beyond what is tried at all, so that no schedule spends its time on compressing it.
    private static readonly byte[] TooLarge = new byte[(8 * 1024 * 1024) + 1];

    public IdempotencyEngine Engine { get; } = process.StartEngine();

    public ProofProcess Process { get; } = process;

    public static Operation Operation(string body = "12.50") => new()
    {
        Scope = new OperationScope("merchant", "pay"),
        Key = IdempotencyKey.Create("k-1"),
        Fingerprint = Fingerprint.FromBytes("pay", System.Text.Encoding.UTF8.GetBytes(body)),
        Placement = RecordPlacement.InPartition(Partition),
    };

    public async Task<ProofAnswer> PayAsync(CancellationToken cancellationToken = default) => ProofAnswer.Of(await Engine.ExecuteAsync(Operation(), HandleAsync, cancellationToken));

    public async Task<ProofAnswer> PayInStepsAsync(DateTimeOffset notBefore)
    {
        if (notBefore > Process.Clock.GetUtcNow())
        {
            await Task.Delay(notBefore - Process.Clock.GetUtcNow(), Process.Clock);
        }

        return await PayInStepsAsync();
    }

    public async Task<ProofAnswer> PayInStepsAsync() => ProofAnswer.Of(await Engine.ExecuteAsync(Operation(), HandleInStepsAsync, default));

    public async Task<ProofAnswer> PayForLargeAsync() => ProofAnswer.Of(await Engine.ExecuteAsync(Operation(), HandleForLargeAsync, default));

    public static async Task<string?> OnePaymentAsync(ProofEnd end)
    {
        var rows = await end.ListAsync(Partition, "payment|");
        return rows.Count == 1 && end.Effects.Count(effect => effect.Name == "charge") == 1 ? null : $"{rows.Count} payments and {end.Effects.Count} charges.";
    }

    private async Task<HandlerOutcome<OperationResult>> HandleAsync(OperationContext context, CancellationToken cancellationToken)
    {
        var charge = await Process.Outside.CallAsync("charge", context.StableKey("charge"), () => "ch_1", cancellationToken);
        return HandlerOutcome.Completed(
            new OperationResult(201, [], System.Text.Encoding.UTF8.GetBytes(charge)),
            rows: [RowWrite.Insert("payment|" + context.OperationHash, new Dictionary<string, object> { ["Charge"] = charge })]);
    }

    private async Task<HandlerOutcome<OperationResult>> HandleForLargeAsync(OperationContext context, CancellationToken cancellationToken) =>
        await HandleAsync(context, cancellationToken) is HandlerOutcome<OperationResult>.Completed completed
            ? completed with { Result = new OperationResult(201, [KeyValuePair.Create("Location", "/report")], TooLarge) }
            : throw new InvalidOperationException("It always completes.");

    private async Task<HandlerOutcome<OperationResult>> HandleInStepsAsync(OperationContext context, CancellationToken cancellationToken)
    {
        var charge = await context.StepAsync("charge", (key, token) => Process.Outside.CallAsync("charge", key, () => "ch_1", token), TextJson.Default.String, cancellationToken);
        var mail = await context.StepAsync("mail", (key, token) => Process.Outside.CallAsync("mail", key, () => "m_1", token), TextJson.Default.String, cancellationToken);
        return HandlerOutcome.Completed(
            new OperationResult(201, [], System.Text.Encoding.UTF8.GetBytes(charge + mail)),
            rows: [RowWrite.Insert("payment|" + context.OperationHash, new Dictionary<string, object> { ["Charge"] = charge })]);
    }
}
