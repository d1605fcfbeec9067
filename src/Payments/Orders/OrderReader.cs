using Payments.Partitions;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;

namespace Payments.Orders;

/// <summary>Reads orders, each in its merchant's partition only: another merchant's order is not found (law 10).</summary>
internal sealed class OrderReader(IRowStore store, SagaRunner sagas)
{
    public async Task<OrderView?> FindAsync(MerchantId merchant, OrderId id, CancellationToken cancellationToken)
    {
        var partition = id.PartitionOf(merchant);
        return await store.ReadAsync(partition.Row(id.RowKey), cancellationToken) is { } row
            ? OrderView.Of(OrderRow.ToOrder(id, row), await sagas.FindAsync(new SagaAddress(partition, id.Value), cancellationToken))
            : null;
    }
}
