using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>Confirms: it has no effect outside, and tells in the very transaction that ends the saga.</summary>
internal sealed class ConfirmStep(TimeProvider timeProvider) : SagaStep
{
    public override string Name => "confirm";

    public override Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken) => Task.FromResult<StepOutcome>(new StepOutcome.Done
    {
        Effects = new SagaEffects
        {
            Messages = [OrderEvent.ToMessage(OrderEvent.Confirmed, context.Input(OrdersJsonContext.Default.OrderSagaInput), reason: null, timeProvider.GetUtcNow())],
        },
    });

    public override Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken) => Task.FromResult<ProbeOutcome>(new ProbeOutcome.NotHappened());

    public override Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken) =>
        Task.FromResult<CompensationOutcome>(new CompensationOutcome.Done());
}
