using ServerlessIdempotency.Outbox;

namespace ServerlessIdempotency.Sagas.Tests;

internal sealed class ScriptedSaga(SagaWorld world, MortalProcess process) : SagaDefinition
{
    public override string Name => "order";

    public override IReadOnlyList<SagaStep> Steps { get; } =
        [new ScriptedStep("reserve", world, process), new ScriptedStep("charge", world, process), new ScriptedStep("confirm", world, process)];

    public override Task<SagaEffects> DescribeEndAsync(SagaAddress address, SagaSnapshot saga, CancellationToken cancellationToken) => Task.FromResult(saga.Status switch
    {
        SagaStatus.Compensated => new SagaEffects { Messages = [new OutboxMessage("events", "cancelled"u8.ToArray())] },
        _ => SagaEffects.None,
    });
}
