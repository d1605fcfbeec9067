using System.Globalization;
using System.Text.Json;
using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.Undecided;

/// <summary>
/// How an undecided payment is noted: the row <c>{merchant}|{payment}</c> of one of 16 partitions, so that all of them are found without a scan and one merchant's by the start of
/// their keys.
/// </summary>
internal static class UndecidedPaymentRow
{
    private const int Shards = 16;

    public static IEnumerable<PartitionAddress> Partitions => Enumerable.Range(0, Shards).Select(PartitionOf);

    public static RowAddress AddressOf(MerchantId merchant, PaymentId id) => PartitionOf(id.Shard % Shards).Row(PrefixOf(merchant) + id.Value);

    public static string PrefixOf(MerchantId merchant) => $"{merchant.Value}|";

    public static Dictionary<string, object> ToValues(UndecidedPayment payment) => new()
    {
        ["Merchant"] = payment.Merchant.Value,
        ["PaymentId"] = payment.Id.Value,
        ["Principal"] = payment.Principal,
        ["Key"] = payment.Key,
        ["Command"] = JsonSerializer.Serialize(payment.Command, PaymentsJsonContext.Default.CreatePaymentCommand),
        ["Reason"] = payment.Reason,
        ["Since"] = payment.Since,
        ["Looks"] = (long)payment.Looks,
        ["LookAt"] = payment.LookAt,
    };

    public static UndecidedPayment ToPayment(Row row) => new(
        new MerchantId(row.GetString("Merchant")!),
        PaymentId.TryParse(row.GetString("PaymentId"), out var id) ? id : throw new InvalidDataException($"The row {row.Address} names no payment."),
        row.GetString("Principal")!,
        row.GetString("Key")!,
        JsonSerializer.Deserialize(row.GetString("Command")!, PaymentsJsonContext.Default.CreatePaymentCommand)!,
        row.GetString("Reason")!,
        row.GetDateTimeOffset("Since")!.Value)
    {
        Looks = (int)row.GetInt64("Looks")!.Value,
        LookAt = row.GetDateTimeOffset("LookAt")!.Value,
    };

    // A payment's partition ends with two hex digits.
    private static PartitionAddress PartitionOf(int shard) => new(PaymentsTables.Payments, string.Create(CultureInfo.InvariantCulture, $"undecided~{shard:x}"));
}
