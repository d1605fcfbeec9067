namespace Payments.Orders;

/// <summary>What is stored of an order. Where it stands is its saga's to tell.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Command">What was ordered.</param>
/// <param name="PlacedAt">When its operation was first claimed, in UTC.</param>
internal sealed record Order(OrderId Id, PlaceOrderCommand Command, DateTimeOffset PlacedAt);
