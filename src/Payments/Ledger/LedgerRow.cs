using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.Ledger;

/// <summary>How an entry is stored: the row <c>ledger|{transactionId}|{type}</c>. Entries are only ever inserted, so one transaction can't be booked twice.</summary>
internal static class LedgerRow
{
    private const string KeyPrefix = "ledger|";

    // A payment's id has one length and no dot, so no other payment's entries start like this.
    public static string PrefixOf(PaymentId payment) => $"{KeyPrefix}{payment.Value}.";

    public static RowWrite ToInsert(LedgerEntry entry) => RowWrite.Insert($"{KeyPrefix}{entry.TransactionId}|{NameOf(entry.Type)}", new Dictionary<string, object>
    {
        ["TransactionId"] = entry.TransactionId,
        ["Type"] = entry.Type.ToString(),
        ["AccountId"] = entry.AccountId,
        ["Amount"] = entry.Amount,
        ["Currency"] = entry.Currency,
        ["CreatedAt"] = entry.CreatedAt,
    });

    public static LedgerEntry ToEntry(Row row) => new(
        row.GetString("TransactionId")!,
        Enum.Parse<LedgerEntryType>(row.GetString("Type")!),
        row.GetString("AccountId")!,
        row.GetInt64("Amount")!.Value,
        row.GetString("Currency")!,
        row.GetDateTimeOffset("CreatedAt")!.Value);

    private static string NameOf(LedgerEntryType type) => type == LedgerEntryType.Debit ? "debit" : "credit";
}
