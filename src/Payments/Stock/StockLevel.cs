namespace Payments.Stock;

/// <summary>How much there is of a thing.</summary>
/// <param name="Sku">The thing.</param>
/// <param name="Available">What can still be ordered; never below zero.</param>
/// <param name="Reserved">What orders hold.</param>
internal sealed record StockLevel(string Sku, long Available, long Reserved);
