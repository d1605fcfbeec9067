using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>
/// A step that is not to be made again before somebody was asked: a person, since its other side knows no repetition, or under <see cref="CrashPolicy.Probe"/> a gateway that
/// knows a charge by its key.
/// </summary>
internal sealed class UnrepeatableStep(string name, ProofProcess process, CrashPolicy policy, bool rerunsAllTheSame = false) : SagaStep
{
    private readonly PreventingGateway _gateway = new(process);

    public override string Name => name;

    public override CrashPolicy CrashPolicy => rerunsAllTheSame ? CrashPolicy.Rerun : policy;

    public static int AskedIn(ProofEnd end) => end.Shared(() => new Seen()).Asked;

    public override async Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        try
        {
            if (policy == CrashPolicy.Probe)
            {
                return await _gateway.ChargeAsync(context.StableKey, cancellationToken) ? new StepOutcome.Done() : new StepOutcome.Rejected("It was prevented.");
            }

            await process.Outside.CallAsync(name, null, () => true, cancellationToken);
            return new StepOutcome.Done();
        }
        catch (HttpRequestException exception)
        {
            return new StepOutcome.Retryable(exception.Message);
        }
    }

    // To look is enough: where it is made again, that is under the same key (ADR 8).
    public override async Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        process.Shared(() => new Seen()).Asked++;
        return await _gateway.FindAsync(context.StableKey, cancellationToken) ? new ProbeOutcome.Happened() : new ProbeOutcome.NotHappened();
    }

    public override async Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        await process.Outside.CallAsync("undo " + name, context.StableKey, () => true, cancellationToken);
        return new CompensationOutcome.Done();
    }

    private sealed class Seen
    {
        public int Asked { get; set; }
    }
}
