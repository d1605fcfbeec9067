using Payments.Partitions;
using Payments.State;
using ServerlessIdempotency.Rows;

namespace Payments.Ledger;

/// <summary>
/// Books the two movements of money that a payment knows. An authorisation moves none, so it books nothing: the ledger says what happened, and the
/// payment's own row says what is reserved.
/// </summary>
internal static class DoubleEntry
{
    /// <summary>From the customer to the merchant.</summary>
    public static IReadOnlyList<RowWrite> Capture(MerchantId merchant, Payment payment, DateTimeOffset at) =>
        Book(payment, "capture", payer: payment.AccountId, payee: AccountOf(merchant), at);

    /// <summary>From the merchant back to the customer.</summary>
    public static IReadOnlyList<RowWrite> Refund(MerchantId merchant, Payment payment, DateTimeOffset at) =>
        Book(payment, "refund", payer: AccountOf(merchant), payee: payment.AccountId, at);

    private static RowWrite[] Book(Payment payment, string movement, string payer, string payee, DateTimeOffset at)
    {
        var transactionId = $"{payment.Id}.{movement}";
        return
        [
            LedgerRow.ToInsert(new LedgerEntry(transactionId, LedgerEntryType.Debit, payer, -payment.Amount, payment.Currency, at)),
            LedgerRow.ToInsert(new LedgerEntry(transactionId, LedgerEntryType.Credit, payee, payment.Amount, payment.Currency, at)),
        ];
    }

    // Customers' account ids have no colon, so none can pass for the merchant's.
    private static string AccountOf(MerchantId merchant) => $"merchant:{merchant.Value}";
}
