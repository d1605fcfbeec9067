namespace Chaos.Evidence;

/// <summary>How much there is of a thing, and how much orders hold.</summary>
internal sealed record StockState(string Sku, long Available, long Reserved);
