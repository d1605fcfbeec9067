namespace Payments.Events;

/// <summary>What an event tells about its payment.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="Merchant">Whose payment it is, as its partitions name it.</param>
/// <param name="AccountId">The customer's account.</param>
/// <param name="Amount">In minor units of the currency.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
internal sealed record PaymentEventData(string PaymentId, string Merchant, string AccountId, long Amount, string Currency);
