using Payments.Parked;
using Payments.Partitions;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>Reads orders, each in its merchant's partition only: another merchant's order is not found (law 10).</summary>
internal sealed class OrderReader(IRowStore store, SagaRunner sagas, ParkedSagas parked)
{
    public async Task<OrderView?> FindAsync(MerchantId merchant, OrderId id, CancellationToken cancellationToken) =>
        await FindAsync(id.PartitionOf(merchant), id, cancellationToken) is { } order ? await ViewAsync(id.PartitionOf(merchant), order, cancellationToken) : null;

    public async Task<Order?> FindAsync(PartitionAddress partition, OrderId id, CancellationToken cancellationToken) =>
        await store.ReadAsync(partition.Row(id.RowKey), cancellationToken) is { } row ? OrderRow.ToOrder(id, row) : null;

    /// <summary>The order with its saga and the decisions about it.</summary>
    public async Task<OrderView> ViewAsync(PartitionAddress partition, Order order, CancellationToken cancellationToken)
    {
        var address = new SagaAddress(partition, order.Id.Value);
        var decisions = ListDecisionsAsync(address, order.Id, cancellationToken);
        return OrderView.Of(order, await sagas.FindAsync(address, cancellationToken), await decisions);
    }

    private async Task<List<ResolutionView>> ListDecisionsAsync(SagaAddress address, OrderId id, CancellationToken cancellationToken)
    {
        var decisions = new List<ResolutionView>();
        await foreach (var resolution in parked.ListResolutionsAsync(address, cancellationToken))
        {
            decisions.Add(ResolutionView.Of(new ParkedId(id, resolution.Parking), resolution));
        }

        return decisions;
    }
}
