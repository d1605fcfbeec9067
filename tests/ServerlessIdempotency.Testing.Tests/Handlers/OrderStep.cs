using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>A step whose other side knows a repetition by its key.</summary>
/// <param name="name">Its name.</param>
/// <param name="process">The process that takes it.</param>
/// <param name="rows">How many rows it brings along.</param>
/// <param name="after">How long its first attempt is told to wait; null for not at all.</param>
internal sealed class OrderStep(string name, ProofProcess process, int rows = 0, TimeSpan? after = null) : SagaStep
{
    public override string Name => name;

    public override async Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        if (after is not null && context.Attempt == 1)
        {
            return new StepOutcome.Retryable("Not yet.", after);
        }

        try
        {
            await process.Outside.CallAsync(name, context.StableKey, () => true, cancellationToken);
            return new StepOutcome.Done { Effects = new SagaEffects { Rows = [.. Enumerable.Range(0, rows).Select(row => RowWrite.Insert($"line|{row}", new Dictionary<string, object>()))] } };
        }
        catch (HttpRequestException exception)
        {
            return new StepOutcome.Retryable(exception.Message);
        }
        catch (TimeoutException exception)
        {
            return new StepOutcome.OutcomeUnknown(exception.Message);
        }
    }

    // Asking is calling again under the same key.
    public override async Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken) =>
        await ExecuteAsync(context, cancellationToken) is StepOutcome.Done done ? new ProbeOutcome.Happened { Effects = done.Effects } : new ProbeOutcome.Unreachable("No answer.");

    public override async Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken)
    {
        await process.Outside.CallAsync("undo " + name, context.StableKey, () => true, cancellationToken);
        return new CompensationOutcome.Done();
    }
}
