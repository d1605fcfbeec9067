using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;
using Found = ServerlessIdempotency.Execution.ProbeOutcome<ServerlessIdempotency.Execution.HandlerOutcome<ServerlessIdempotency.Records.OperationResult>>;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Charges at a gateway that knows no repetition: the policy alone keeps the charge from being made twice.</summary>
/// <param name="process">The process.</param>
/// <param name="policy">The policy.</param>
/// <param name="store">Another store than the process's own, such as one that makes a mistake.</param>
internal sealed class PolicyApp(ProofProcess process, CrashPolicy policy, IRowStore? store = null)
{
    private const string UnclaimedKey = "charge";

    // What a transaction takes beside the record.
    private const int MostRows = 99;

    private readonly PreventingGateway _gateway = new(process);

    public IdempotencyEngine Engine { get; } = process.StartEngine(store);

    /// <summary>A probe that only looks, and takes what it does not find for prevented.</summary>
    public bool OnlyLooks { get; init; }

    /// <summary>Whoever is told that nobody knows asks and writes what was found, without a claim that would fence the slow executor.</summary>
    public bool AsksWithoutClaim { get; init; }

    /// <summary>The gateway knows a charge by its stable key, so that <see cref="CrashPolicy.Rerun"/> may be said.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>The gateway can prevent a charge for good, so that it can be asked. Default under <see cref="CrashPolicy.Probe"/>.</summary>
    public bool IsPreventable { get; init; } = policy == CrashPolicy.Probe;

    /// <summary>How long the first execution takes after its charge. Default no time.</summary>
    public TimeSpan Takes { get; init; }

    /// <summary>How long an execution may take. Default what the engine says.</summary>
    public TimeSpan? MaxExecution { get; init; }

    /// <summary>The first execution goes on although it is told to stop.</summary>
    public bool IgnoresItsToken { get; init; }

    /// <summary>Each execution ends with an exception, after its charge.</summary>
    public bool Throws { get; init; }

    /// <summary>How many lines are committed beside the payment. Default none.</summary>
    public int Lines { get; init; }

    /// <summary>A mistake: of more rows than a transaction takes, those are committed that fit.</summary>
    public bool CommitsTheFirst { get; init; }

    /// <summary>One that is told to come back later does not.</summary>
    public bool GoesAway { get; init; }

    public async Task<ProofAnswer> PayAsync()
    {
        var hasRun = false;
        var outcome = await Engine.ExecuteAsync(
            Under(EngineApp.Operation()),
            (context, token) =>
            {
                hasRun = true;
                return HandleAsync(context, token);
            },
            default);
        var seen = process.Shared(() => new PolicyEnds.Seen());
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

        seen.Unanswered += answer is ProofAnswer.Unanswered ? 1 : 0;
        return answer;
    }

    /// <summary>A person decides what is unknown, once for all.</summary>
    public async Task DecideAsync()
    {
        var administration = process.StartAdministration();
        await foreach (var record in administration.ListUnknownAsync(CancellationToken.None))
        {
            await administration.ResolveAsync(record, new OperationResult(409, [], "decided"u8.ToArray()), new Decision("ada", "It took too long."), CancellationToken.None);
        }
    }

    /// <summary>The operation as this app executes it, by whichever channel it comes.</summary>
    public Operation Under(Operation operation) => operation with
    {
        Placement = RecordPlacement.InPartition(EngineApp.Partition),
        CrashPolicy = policy,
        Probe = policy == CrashPolicy.Probe ? ProbeAsync : null,
        MaxExecution = MaxExecution,
    };

    public async Task<HandlerOutcome<OperationResult>> HandleAsync(OperationContext context, CancellationToken cancellationToken)
    {
        await ChargeAsync(context, cancellationToken);
        if (Throws)
        {
            throw new InvalidOperationException("It is charged, and nothing comes of it.");
        }

        if (Takes > TimeSpan.Zero && context.Epoch == 1)
        {
            await Task.Delay(Takes, process.Clock, IgnoresItsToken ? CancellationToken.None : cancellationToken);
        }

        return Paid(context);
    }

    private async Task ChargeAsync(OperationContext context, CancellationToken cancellationToken)
    {
        if (!AsksWithoutClaim && !IsPreventable)
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

    private HandlerOutcome<OperationResult> Paid(OperationContext context)
    {
        RowWrite[] rows =
        [
            RowWrite.Insert("payment|" + context.OperationHash, new Dictionary<string, object> { ["Charge"] = "ch_1" }),
            .. Enumerable.Range(0, Lines).Select(line => RowWrite.Insert($"line|{line}", new Dictionary<string, object>())),
        ];
        return HandlerOutcome.Completed(new OperationResult(201, [], "ch_1"u8.ToArray()), rows: CommitsTheFirst ? [.. rows.Take(MostRows)] : rows);
    }
}
