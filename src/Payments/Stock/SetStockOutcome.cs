namespace Payments.Stock;

/// <summary>What became of setting a stock.</summary>
internal abstract record SetStockOutcome
{
    private SetStockOutcome()
    {
    }

    public sealed record Set(StockLevel Level) : SetStockOutcome;

    /// <summary>Orders hold more than that.</summary>
    public sealed record BelowReserved(long Reserved) : SetStockOutcome;

    public sealed record Contended : SetStockOutcome;
}
