namespace Payments.Orders;

/// <summary>A line of an order.</summary>
/// <param name="Sku">What is ordered.</param>
/// <param name="Quantity">How many units, at least 1.</param>
/// <param name="UnitPrice">In minor units of the currency, at least 0.</param>
internal sealed record OrderItem(string Sku, long Quantity, long UnitPrice);
