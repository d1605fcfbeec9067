namespace Payments.Accounts;

/// <summary>One line of an account's statement.</summary>
/// <param name="EventId">The event that it came from.</param>
/// <param name="Type"><c>payment.captured</c> or <c>payment.refunded</c>.</param>
/// <param name="PaymentId">The payment.</param>
/// <param name="Amount">In minor units: what the account paid, negative for what it got back.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="At">When the payment changed, in UTC.</param>
internal sealed record StatementEntry(string EventId, string Type, string PaymentId, long Amount, string Currency, DateTimeOffset At);
