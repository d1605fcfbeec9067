using Payments.Partitions;
using ServerlessIdempotency.Fingerprints;

namespace Payments.Transitions;

/// <summary>An order to move one payment.</summary>
/// <param name="Payment">The payment.</param>
/// <param name="Transition">The step.</param>
internal sealed record PaymentTransitionCommand(PaymentId Payment, PaymentTransition Transition)
{
    /// <summary>The operation's name, with the payment in it: one key used for two payments is two operations, wherever they live.</summary>
    public string OperationName => $"payment.{Transition.Name}/{Payment}";

    /// <summary>The name says it all: there are no further arguments.</summary>
    public Fingerprint ToFingerprint() => Fingerprint.FromJson(OperationName, default);
}
