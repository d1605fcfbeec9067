using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.State;

/// <summary>How a payment is stored: the row <c>payment|{id}</c> of its partition.</summary>
internal static class PaymentRow
{
    private const string KeyPrefix = "payment|";
    private const int SchemaVersion = 1;

    public static string KeyOf(PaymentId id) => KeyPrefix + id.Value;

    public static RowWrite ToInsert(PaymentId id, Payment payment) => RowWrite.Insert(KeyOf(id), ToValues(payment));

    /// <summary>A conditional update: it is refused once the payment is no longer what was read, and the handler decides again.</summary>
    public static RowWrite ToReplace(PaymentId id, Payment payment, string etag) => RowWrite.Replace(KeyOf(id), ToValues(payment), etag);

    public static Payment ToPayment(PaymentId id, Row row) => new(
        id.Value,
        row.GetString("AccountId")!,
        row.GetInt64("Amount")!.Value,
        row.GetString("Currency")!,
        Enum.Parse<PaymentStatus>(row.GetString("Status")!),
        row.GetString("GatewayReference")!,
        row.GetDateTimeOffset("CreatedAt")!.Value)
    {
        RefundFailures = (int)(row.GetInt64("RefundFailures") ?? 0),
    };

    private static Dictionary<string, object> ToValues(Payment payment) => new()
    {
        ["AccountId"] = payment.AccountId,
        ["Amount"] = payment.Amount,
        ["Currency"] = payment.Currency,
        ["Status"] = payment.Status.ToString(),
        ["GatewayReference"] = payment.GatewayReference,
        ["CreatedAt"] = payment.CreatedAt,
        ["RefundFailures"] = (long)payment.RefundFailures,
        ["SchemaVersion"] = SchemaVersion,
    };
}
