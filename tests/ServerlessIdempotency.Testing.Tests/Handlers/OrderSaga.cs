using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Reserves, then charges.</summary>
internal sealed class OrderSaga(ProofProcess process, ShopRelease release) : SagaDefinition
{
    public const string DefinitionName = "order";

    public override string Name => DefinitionName;

    public override int Version => release.Version;

    public override IReadOnlyList<SagaStep> Steps { get; } =
    [
        new OrderStep("reserve", process),
        release.ChargePolicy is { } policy ? new UnrepeatableStep("charge", process, policy, release.RerunsAllTheSame) : new OrderStep("charge", process, release.WritesTooMuch ? 100 : 0),
    ];
}
