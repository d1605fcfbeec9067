using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;
using Found = ServerlessIdempotency.Execution.ProbeOutcome<ServerlessIdempotency.Execution.HandlerOutcome<ServerlessIdempotency.Records.OperationResult>>;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Charges at a gateway that knows no repetition: the policy alone keeps the charge from being made twice.</summary>
internal sealed class PolicyApp(ProofProcess process, CrashPolicy policy)
{
    private const string UnclaimedKey = "charge";

    private readonly PreventingGateway _gateway = new(process);

    public IdempotencyEngine Engine { get; } = new(
        new RowWriter(process.Store, new RowWriterOptions(), process.Clock),
        new IdempotencyOptions(),
        process.Clock,
        NullLogger<IdempotencyEngine>.Instance);

    /// <summary>A probe that only looks, and takes what it does not find for prevented.</summary>
    public bool OnlyLooks { get; init; }

    /// <summary>Whoever is told that nobody knows asks and writes what was found, without a claim that would fence the slow executor.</summary>
    public bool AsksWithoutClaim { get; init; }

    /// <summary>The gateway knows a charge by its stable key, so that <see cref="CrashPolicy.Rerun"/> may be said.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>How long the first execution takes after its charge. Default no time.</summary>
    public TimeSpan Takes { get; init; }

    /// <summary>How long an execution may take. Default what the engine says.</summary>
    public TimeSpan? MaxExecution { get; init; }

    /// <summary>The first execution goes on although it is told to stop.</summary>
    public bool IgnoresItsToken { get; init; }

    /// <summary>One that is told to come back later does not.</summary>
    public bool GoesAway { get; init; }

    public async Task<ProofAnswer> PayAsync()
    {
        var operation = EngineApp.Operation() with { CrashPolicy = policy, Probe = policy == CrashPolicy.Probe ? ProbeAsync : null, MaxExecution = MaxExecution };
        var hasRun = false;
        var outcome = await Engine.ExecuteAsync(
            operation,
            (context, token) =>
            {
                hasRun = true;
                return HandleAsync(context, token);
            },
            default);
        var seen = process.Shared(() => new Unanswered());
        seen.Fenced += hasRun && outcome is ExecutionOutcome<OperationResult>.Replayed ? 1 : 0;
        seen.TimedOut += outcome is ExecutionOutcome<OperationResult>.TimedOut ? 1 : 0;
        var answer = ProofAnswer.Of(outcome);
        if (AsksWithoutClaim && outcome is ExecutionOutcome<OperationResult>.OutcomeUnknown && await _gateway.PreventAsync(UnclaimedKey, default))
        {
            await process.Store.WriteAsync(new RowTransaction(EngineApp.Partition, [RowWrite.Insert("payment|found", new Dictionary<string, object> { ["Charge"] = "ch_1" })]), default);
        }

        if (GoesAway && answer is ProofAnswer.TryAgain again)
        {
            answer = new ProofAnswer.Unanswered(again.Why);
        }

        if (answer is ProofAnswer.Unanswered)
        {
            seen.Callers++;
        }

        return answer;
    }

    /// <summary>A person decides what is unknown, once for all.</summary>
    public async Task DecideAsync()
    {
        var administration = new IdempotencyAdministration(new RowWriter(process.Store, new RowWriterOptions(), process.Clock), new IdempotencyOptions(), process.Clock);
        await foreach (var record in administration.ListUnknownAsync(CancellationToken.None))
        {
            await administration.ResolveAsync(record, new OperationResult(409, [], "decided"u8.ToArray()), new Decision("ada", "It took too long."), CancellationToken.None);
        }
    }

    /// <summary>After a decision there is a result, one for all, and who did it.</summary>
    public static async Task<string?> IsDecidedAsync(ProofEnd end)
    {
        var row = (await end.ListAsync(EngineApp.Partition, "idem|")).SingleOrDefault();
        var decisions = (await end.ListAsync(EngineApp.Partition, "idem-decision|")).Count;
        var payments = (await end.ListAsync(EngineApp.Partition, "payment|")).Count;

        // Given back before its handler ran, since its note could not be written: free for whoever asks next.
        if (row?.GetString("State") is "InProgress" && row.GetDateTimeOffset("LeaseUntil") == DateTimeOffset.UnixEpoch && end.Effects.Count == 0)
        {
            return null;
        }

        return row?.GetString("State") is null or "Completed" && decisions + payments <= 1 && (row is null || decisions + payments == 1)
            ? null
            : $"It is {row?.GetString("State")} with {decisions} decisions and {payments} payments.";
    }

    /// <summary>What is answered has one payment and one charge; what is not can be found by people.</summary>
    public static async Task<string?> EndsWellAsync(ProofEnd end)
    {
        var state = (await end.ListAsync(EngineApp.Partition, "idem|")).SingleOrDefault()?.GetString("State") ?? "absent";
        var payments = (await end.ListAsync(EngineApp.Partition, "payment|")).Count;
        var charges = end.Effects.Count(effect => effect.Name == "charge") + PreventingGateway.ChargesOf(end);
        var notes = 0;
        foreach (var shard in "0123456789abcdef")
        {
            notes += (await end.ListAsync(new PartitionAddress("Idempotency", $"unknown~{shard}"))).Count;
        }

        return state switch
        {
            "Completed" => payments == 1 && charges == 1 ? null : $"{payments} payments and {charges} charges.",
            "absent" => null,

            // A process that died between its claim and its note had not begun.
            _ => payments == 0 && charges <= 1 && (notes > 0 || charges == 0) ? null : $"It is {state} with {payments} payments, {charges} charges and {notes} notes.",
        };
    }

    /// <summary>Whether somebody was told that nobody knows, and the answer came all the same.</summary>
    public static bool CompletedLate(ProofEnd end) => end.Shared(() => new Unanswered()).Callers > 0 && end.ToldOf("k-1").Count > 0;

    /// <summary>Whether a slow executor came to its commit after a probe had claimed: what it did is not stored, and it replays what the probe found.</summary>
    public static bool WasFenced(ProofEnd end) => end.Shared(() => new Unanswered()).Fenced > 0;

    /// <summary>Whether an execution was stopped since it took as long as it may.</summary>
    public static bool WasStopped(ProofEnd end) => end.Shared(() => new Unanswered()).TimedOut > 0;

    private async Task<HandlerOutcome<OperationResult>> HandleAsync(OperationContext context, CancellationToken cancellationToken)
    {
        await ChargeAsync(context, cancellationToken);
        if (Takes > TimeSpan.Zero && context.Epoch == 1)
        {
            await Task.Delay(Takes, process.Clock, IgnoresItsToken ? CancellationToken.None : cancellationToken);
        }

        return Paid(context);
    }

    private async Task ChargeAsync(OperationContext context, CancellationToken cancellationToken)
    {
        if (!AsksWithoutClaim && policy != CrashPolicy.Probe)
        {
            await process.Outside.CallAsync("charge", IsRepeatable ? context.StableKey("charge") : null, () => "ch_1", cancellationToken);
        }
        else if (!await _gateway.ChargeAsync(AsksWithoutClaim ? UnclaimedKey : KeyOf(context, context.Epoch), cancellationToken))
        {
            throw new InvalidOperationException("It was prevented.");
        }
    }

    // The handler may run again once the charge of each earlier claim is prevented for good, so each claim has a key of its own.
    private async Task<Found> ProbeAsync(OperationContext context, CancellationToken cancellationToken)
    {
        for (var epoch = 1L; epoch < context.Epoch; epoch++)
        {
            if (OnlyLooks ? await _gateway.FindAsync(KeyOf(context, epoch), cancellationToken) : await _gateway.PreventAsync(KeyOf(context, epoch), cancellationToken))
            {
                return new Found.Happened(Paid(context));
            }
        }

        return new Found.Prevented();
    }

    private static string KeyOf(OperationContext context, long epoch) => $"{context.StableKey("charge")}#{epoch}";

    private static HandlerOutcome<OperationResult> Paid(OperationContext context) => HandlerOutcome.Completed(
        new OperationResult(201, [], "ch_1"u8.ToArray()),
        rows: [RowWrite.Insert("payment|" + context.OperationHash, new Dictionary<string, object> { ["Charge"] = "ch_1" })]);

    private sealed class Unanswered
    {
        public int Callers { get; set; }

        public int Fenced { get; set; }

        public int TimedOut { get; set; }
    }
}
