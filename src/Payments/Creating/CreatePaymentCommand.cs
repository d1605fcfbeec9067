using System.Text.Json;
using ServerlessIdempotency.Fingerprints;

namespace Payments.Creating;

/// <summary>A valid order to make a payment, with every default filled in, whichever channel it came by.</summary>
/// <param name="AccountId">The customer's account.</param>
/// <param name="Amount">In minor units of the currency, at least 1.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="PaymentMethod">The gateway's name of the card or account.</param>
/// <param name="Capture">Take the money at once; else reserve it.</param>
internal sealed record CreatePaymentCommand(string AccountId, long Amount, string Currency, string PaymentMethod, bool Capture)
{
    /// <summary>The operation's name: part of its scope, so that a key is the same operation by HTTP and by queue.</summary>
    public const string OperationName = "payment.create";

    /// <summary>What the order means: leaving out <c>capture</c> and saying <c>true</c> is the same.</summary>
    public Fingerprint ToFingerprint() => Fingerprint.FromJson(OperationName, JsonSerializer.SerializeToUtf8Bytes(this, PaymentsJsonContext.Default.CreatePaymentCommand));
}
