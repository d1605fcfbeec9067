using Payments.Partitions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;

namespace Payments.Transitions;

/// <summary>Where the moving of a payment is recorded: beside the payment, whose id tells the shard.</summary>
internal static class PaymentTransitionOperation
{
    public static OperationScope ScopeOf(string principal, PaymentTransitionCommand command) => new(principal, command.OperationName);

    public static RecordPlacement PlacementOf(string principal, PaymentTransitionCommand command) =>
        RecordPlacement.InPartition(new PaymentPartition(MerchantId.Of(principal), command.Payment.Shard).Address);

    /// <summary>The operation for channels other than HTTP.</summary>
    public static Operation For(string principal, IdempotencyKey key, PaymentTransitionCommand command) => new()
    {
        Scope = ScopeOf(principal, command),
        Key = key,
        Fingerprint = command.ToFingerprint(),
        Placement = PlacementOf(principal, command),
        SendsMessages = true,
    };
}
