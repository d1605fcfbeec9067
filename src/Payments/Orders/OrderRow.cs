using System.Text.Json;
using ServerlessIdempotency.Rows;

namespace Payments.Orders;

/// <summary>How an order is stored: the row <c>order|{hash of merchant, user and reference}</c> of its partition. It never changes.</summary>
internal static class OrderRow
{
    private const int SchemaVersion = 1;

    public static RowWrite ToInsert(Order order) => RowWrite.Insert(order.Id.RowKey, new Dictionary<string, object>
    {
        ["UserId"] = order.Command.UserId,
        ["OrderReference"] = order.Command.OrderReference,
        ["Content"] = JsonSerializer.SerializeToUtf8Bytes(order.Command, OrdersJsonContext.Default.PlaceOrderCommand),
        ["PlacedAt"] = order.PlacedAt,
        ["SchemaVersion"] = SchemaVersion,
    });

    public static Order ToOrder(OrderId id, Row row) => new(
        id,
        JsonSerializer.Deserialize(row.GetBinary("Content"), OrdersJsonContext.Default.PlaceOrderCommand)!,
        row.GetDateTimeOffset("PlacedAt")!.Value);
}
