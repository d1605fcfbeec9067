using Microsoft.Extensions.Options;
using Payments.Partitions;
using ServerlessIdempotency;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Keys;

namespace Payments.Creating;

/// <summary>
/// The making of a payment, the same by each channel: recorded beside the payment that it makes, in the shard that principal and key choose, and kept as long as the channel that may
/// repeat it latest needs.
/// </summary>
internal sealed class CreatePaymentOperation(ShardMap shards, IOptions<IdempotencyOptions> http, IOptions<InboxOptions> queue)
{
    /// <summary>The longer of what HTTP and the queue need (law 13): neither forgets a payment that the other can still ask for.</summary>
    public TimeSpan Retention { get; } = http.Value.Retention > queue.Value.Retention ? http.Value.Retention : queue.Value.Retention;

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
        Retention = Retention,
        SendsMessages = true,
    };
}
