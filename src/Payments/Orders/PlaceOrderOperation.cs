using Payments.Partitions;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Keys;

namespace Payments.Orders;

/// <summary>Where the placing of an order is recorded: beside the order, in the shard that its user chooses.</summary>
internal sealed class PlaceOrderOperation(PaymentsOptions options)
{
    /// <summary>The user is part of the operation's name: one user's key has no bearing on another's.</summary>
    public static OperationScope ScopeOf(string principal, PlaceOrderCommand command) => new(principal, $"{PlaceOrderCommand.OperationName}/{command.UserId}");

    public OrderId IdOf(string principal, PlaceOrderCommand command)
    {
        var merchant = MerchantId.Of(principal);
        return OrderId.Of(merchant, OrderPartition.ShardOf(merchant, command.UserId, options), command.UserId, command.OrderReference);
    }

    public RecordPlacement PlacementOf(string principal, PlaceOrderCommand command) =>
        RecordPlacement.InPartition(IdOf(principal, command).PartitionOf(MerchantId.Of(principal)));
}
