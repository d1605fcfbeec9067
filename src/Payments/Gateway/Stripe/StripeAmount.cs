namespace Payments.Gateway.Stripe;

/// <summary>
/// Turns ISO 4217 minor units into those that Stripe counts. They differ for a few currencies
/// (<see href="https://docs.stripe.com/currencies#zero-decimal"/> and "special cases" there).
/// </summary>
internal static class StripeAmount
{
    /// <returns>Null where Stripe can't charge this amount exactly.</returns>
    public static long? From(long amount, string currency) => currency switch
    {
        // No decimals in ISO 4217, two at Stripe, always zero.
        "ISK" or "UGX" => amount <= long.MaxValue / 100 ? amount * 100 : null,

        // Two decimals in ISO 4217, none at Stripe.
        "MGA" => amount % 100 == 0 ? amount / 100 : null,

        // Three decimals, the last of which must be zero.
        "BHD" or "JOD" or "KWD" or "OMR" or "TND" => amount % 10 == 0 ? amount : null,
        _ => amount,
    };
}
