using Payments.Partitions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;

namespace Payments.Creating;

/// <summary>Where the making of a payment is recorded: beside the payment that it makes, in the shard that principal and key choose.</summary>
internal sealed class CreatePaymentOperation(ShardMap shards)
{
    public static OperationScope ScopeOf(string principal) => new(principal, CreatePaymentCommand.OperationName);

    public RecordPlacement PlacementOf(string principal, IdempotencyKey key) =>
        RecordPlacement.InPartition(shards.For(ScopeOf(principal), key).Address);

    /// <summary>The operation for channels other than HTTP.</summary>
    public Operation For(string principal, IdempotencyKey key, CreatePaymentCommand command) => new()
    {
        Scope = ScopeOf(principal),
        Key = key,
        Fingerprint = command.ToFingerprint(),
        Placement = PlacementOf(principal, key),
        SendsMessages = true,
    };
}
