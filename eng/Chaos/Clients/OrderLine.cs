namespace Chaos.Clients;

/// <summary>A line of an order.</summary>
internal sealed record OrderLine(string Sku, long Quantity, long UnitPrice);
