namespace Payments.Accounts;

/// <summary>An account's statement. Sums are decimals, since amounts of 64 bits can add up to more than 64 bits hold.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Balance">What the account has paid, refunds taken off, in minor units; left out where it paid in several currencies.</param>
/// <param name="Balances">The same for each currency.</param>
/// <param name="Entries">Every movement, in the order in which the payments changed.</param>
internal sealed record AccountStatement(string AccountId, decimal? Balance, IReadOnlyList<CurrencyBalance> Balances, IReadOnlyList<StatementEntry> Entries)
{
    internal static AccountStatement Of(string accountId, IReadOnlyList<StatementEntry> entries)
    {
        CurrencyBalance[] balances = [.. entries.GroupBy(entry => entry.Currency, (currency, moved) => new CurrencyBalance(currency, moved.Sum(entry => (decimal)entry.Amount)))];
        return new AccountStatement(accountId, balances.Length > 1 ? null : balances.SingleOrDefault()?.Amount ?? 0, balances, entries);
    }
}
