using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Reserves, then charges; in a later release it packs in between, and the charge has another name.</summary>
internal sealed class OrderSaga(ProofProcess process, ShopRelease release) : SagaDefinition
{
    public const string DefinitionName = "order";

    public override string Name => DefinitionName;

    public override int Version => release.Version;

    public override IReadOnlyList<SagaStep> Steps { get; } =
    [
        new OrderStep("reserve", process, after: release.ReservesAfter),
        .. release.Packs ? [new OrderStep("pack", process), new OrderStep("bill", process)] : new SagaStep[] { Charge(process, release) },
    ];

    public override IReadOnlyList<SagaStep> RetiredSteps { get; } = release is { Packs: true, ForgetsCharge: false } ? [Charge(process, release)] : [];

    private static SagaStep Charge(ProofProcess process, ShopRelease release) => release.ChargePolicy is { } policy
        ? new UnrepeatableStep("charge", process, policy, release.RerunsAllTheSame)
        : new OrderStep("charge", process, release.WritesTooMuch ? 100 : 1);
}
