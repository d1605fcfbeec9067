namespace Payments.Ledger;

/// <summary>One side of a double entry. The entries of one transaction sum to zero.</summary>
/// <param name="TransactionId">The movement of money that the entry belongs to: <c>{paymentId}.capture</c> or <c>{paymentId}.refund</c>.</param>
/// <param name="Type">Which side; unique within the transaction.</param>
/// <param name="AccountId">The account whose balance moves: the customer's, or the merchant's own, which starts with <c>merchant:</c>.</param>
/// <param name="Amount">In minor units; negative where the account pays.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="CreatedAt">When the operation that moved the money was first claimed, in UTC.</param>
internal sealed record LedgerEntry(string TransactionId, LedgerEntryType Type, string AccountId, long Amount, string Currency, DateTimeOffset CreatedAt);
