using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>A person changes an operation while its executor may still be at it.</summary>
internal sealed class AdministeredApp(ProofProcess process, CrashPolicy policy)
{
    private static readonly Operation Paying = EngineApp.Operation();

    private readonly RowWriter _writer = process.StartWriter();

    public IdempotencyEngine Engine { get; } = process.StartEngine();

    /// <summary>A charge under the operation's stable key comes before the payment's row. After a forgotten operation the next one has other keys, so there it is left out.</summary>
    public bool CallsOutside { get; init; } = true;

    public async Task<ProofAnswer> PayAsync()
    {
        var hasRun = false;
        var outcome = await Engine.ExecuteAsync(
            Paying with { CrashPolicy = policy },
            async (context, token) =>
            {
                hasRun = true;
                if (CallsOutside)
                {
                    await process.Outside.CallAsync("charge", context.StableKey("charge"), () => "ch_1", token);
                }
                else
                {
                    await process.StepAsync("thinks", token);
                }

                return HandlerOutcome.Completed(
                    new OperationResult(201, [], System.Text.Encoding.UTF8.GetBytes($"paid by {process.Name}")),
                    rows: [RowWrite.Insert("payment|" + Guid.NewGuid(), new Dictionary<string, object> { ["Attempt"] = context.Epoch })]);
            },
            default);
        process.Shared(() => new Seen()).Discarded += hasRun && outcome is not ExecutionOutcome<OperationResult>.Executed ? 1 : 0;
        return ProofAnswer.Of(outcome);
    }

    /// <summary>Once, whatever stands there and is not answered.</summary>
    public async Task<ProofAnswer> DecideAsync(Func<IIdempotencyAdministration, OperationRecord, Task<DecisionOutcome>> decide)
    {
        var administration = process.StartAdministration();
        if (await administration.FindAsync(Paying.Scope, Paying.Key, Paying.Placement, default) is { State: not OperationState.Completed } found)
        {
            process.Shared(() => new Seen()).Decided += await decide(administration, found) is DecisionOutcome.Done ? 1 : 0;
        }

        return new ProofAnswer.Unanswered("decided what there was");
    }

    /// <summary>A mistake: the next attempt may run, and whoever had the claim keeps it.</summary>
    public async Task<DecisionOutcome> ReleaseWithoutFenceAsync(OperationRecord found)
    {
        var row = (await process.Store.ReadAsync(found.Address, default))!;
        var values = new Dictionary<string, object>(row.Values) { ["LeaseUntil"] = DateTimeOffset.UnixEpoch, ["State"] = "InProgress" };
        var decision = RowWrite.Insert("idem-decision|1", new Dictionary<string, object> { ["Change"] = "Released", ["AttemptBefore"] = found.Attempt });
        return await process.Store.WriteAsync(new RowTransaction(EngineApp.Partition, [RowWrite.Replace(found.Address.RowKey, values, row.ETag), decision]), default) is WriteOutcome.Applied
            ? DecisionOutcome.Done
            : DecisionOutcome.Changed;
    }

    /// <summary>A mistake: the result is written over whatever stands there by then.</summary>
    public async Task<DecisionOutcome> ResolveBlindlyAsync(OperationRecord found)
    {
        await process.StepAsync("makes up its mind");
        var row = (await process.Store.ReadAsync(found.Address, default))!;
        var decided = RecordColumns.ToValues(RecordColumns.FromRow(row).KeptFrom(process.Clock.GetUtcNow()).With(ResultLimits.Apply(Decided)));
        var decision = RowWrite.Insert("idem-decision|1", new Dictionary<string, object> { ["Change"] = "Resolved" });
        return await _writer.WriteAsync(EngineApp.Partition, [RowWrite.Replace(row.Address.RowKey, decided, row.ETag), decision], default) is CommitOutcome.Written
            ? DecisionOutcome.Done
            : DecisionOutcome.Changed;
    }

    public static OperationResult Decided { get; } = new(409, [], "decided"u8.ToArray());

    public static Seen SeenIn(ProofEnd end) => end.Shared(() => new Seen());

    /// <summary>At most one payment, of an attempt after every one that was released or forgotten; and of a decided operation none.</summary>
    public static async Task<string?> EndsWellAsync(ProofEnd end)
    {
        var payments = await end.ListAsync(EngineApp.Partition, "payment|");
        var record = (await end.ListAsync(EngineApp.Partition, "idem|")).SingleOrDefault();
        var decisions = await end.ListAsync(EngineApp.Partition, "idem-decision|");
        if (payments.Count > 1)
        {
            return $"{payments.Count} payments.";
        }

        if (decisions.FirstOrDefault(row => row.GetString("Change") == "Released" && payments.Any(payment => payment.GetInt64("Attempt") <= row.GetInt64("AttemptBefore"))) is { } released)
        {
            return $"The payment is of attempt {payments[0].GetInt64("Attempt")}, and attempt {released.GetInt64("AttemptBefore")} was released.";
        }

        var results = payments.Count + decisions.Count(row => row.GetString("Change") == "Resolved");
        return record?.GetString("State") == "Completed" ? results == 1 ? null : $"{results} results." : payments.Count == 0 ? null : "A payment without a record.";
    }

    internal sealed class Seen
    {
        public int Decided { get; set; }

        /// <summary>Executions whose outcome was discarded, since somebody had decided or taken over.</summary>
        public int Discarded { get; set; }
    }
}
