namespace Payments.Problems;

/// <summary>The last segments of the <c>type</c> of the problems that payments answer with (RFC 9457). They do not change between versions.</summary>
internal static class PaymentProblemTypes
{
    /// <summary>400: members of the body are wrong; <c>errors</c> names each.</summary>
    public const string Invalid = "payment-invalid";

    /// <summary>402: the gateway declined; <c>declineCode</c> says why.</summary>
    public const string Declined = "payment-declined";

    /// <summary>404: there is no such payment for this caller.</summary>
    public const string NotFound = "payment-not-found";

    /// <summary>409: the payment's state does not allow it.</summary>
    public const string State = "payment-state";

    /// <summary>409: the payment was cancelled before it was charged, and will not be.</summary>
    public const string Cancelled = "payment-cancelled";

    /// <summary>503: the gateway gave no clear answer; retry with the same key.</summary>
    public const string GatewayUnavailable = "gateway-unavailable";
}
