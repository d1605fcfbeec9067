using ServerlessIdempotency.Rows;

namespace Payments.Stock;

/// <summary>
/// What one step of one order holds of a thing: the row <c>reservation|{key}</c> beside the stock. A released one stays as a tombstone, so that a
/// reservation that comes late, or for the second time, finds that it is over.
/// </summary>
/// <param name="Quantity">How many units; 0 where it was released before it was made.</param>
/// <param name="IsReleased">Whether it is over.</param>
internal sealed record Reservation(long Quantity, bool IsReleased)
{
    public static string KeyOf(string stableKey) => $"reservation|{stableKey}";

    public static Reservation FromRow(Row row) => new(row.GetInt64("Quantity")!.Value, row.GetBoolean("IsReleased")!.Value);

    public Dictionary<string, object> ToValues() => new() { ["Quantity"] = Quantity, ["IsReleased"] = IsReleased };
}
