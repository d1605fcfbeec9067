namespace Payments.Accounts;

/// <summary>What an account has paid in one currency, refunds taken off.</summary>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="Amount">In minor units.</param>
internal sealed record CurrencyBalance(string Currency, decimal Amount);
