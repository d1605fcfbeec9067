using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.Undecided;

/// <summary>How a decision about a payment is kept: the row <c>payment-decision|{id}</c> beside the payment, in the transaction that answers its operation. It does not expire.</summary>
internal static class PaymentResolutionRow
{
    private const string KeyPrefix = "payment-decision|";

    public static RowAddress AddressOf(MerchantId merchant, PaymentId id) => new PaymentPartition(merchant, id.Shard).Address.Row(KeyPrefix + id.Value);

    public static RowWrite ToInsert(PaymentId id, PaymentResolution resolution) => RowWrite.Insert(KeyPrefix + id.Value, new Dictionary<string, object>
    {
        ["Decision"] = resolution.Decision.ToString(),
        ["Note"] = resolution.Note,
        ["By"] = resolution.By,
        ["At"] = resolution.At,
        ["Reason"] = resolution.Reason,
    });

    public static PaymentResolution ToResolution(Row row) => new(
        Enum.Parse<PaymentDecision>(row.GetString("Decision")!),
        row.GetString("Note")!,
        row.GetString("By")!,
        row.GetDateTimeOffset("At")!.Value,
        row.GetString("Reason")!);
}
