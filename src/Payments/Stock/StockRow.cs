using System.Globalization;
using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.Stock;

/// <summary>How stock is stored: the row <c>stock</c> of the partition <c>{merchant}~{sku}</c>, and beside it one row for each reservation.</summary>
internal static class StockRow
{
    public const string Key = "stock";

    private const int SchemaVersion = 1;

    public static PartitionAddress PartitionOf(MerchantId merchant, Sku sku) =>
        new(PaymentsTables.Stock, string.Create(CultureInfo.InvariantCulture, $"{merchant.Value}~{sku.Value}"));

    public static StockLevel ToLevel(Sku sku, Row row) => new(sku.Value, row.GetInt64("Available")!.Value, row.GetInt64("Reserved")!.Value);

    public static Dictionary<string, object> ToValues(long available, long reserved) => new()
    {
        ["Available"] = available,
        ["Reserved"] = reserved,
        ["SchemaVersion"] = SchemaVersion,
    };
}
