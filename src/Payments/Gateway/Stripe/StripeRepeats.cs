using Stripe;

namespace Payments.Gateway.Stripe;

/// <summary>
/// Stripe stores the answer to a key's first request once it has begun, a 500 too, and repeats it for a day at least
/// (<see href="https://docs.stripe.com/api/idempotent_requests"/>): what failed once under a key fails under it all day. Whoever meets such a repeat goes on under the next name
/// of the same key. An answer that is not a repeat moves nobody on: under the name that it was asked for it may still be about to happen.
/// </summary>
internal static class StripeRepeats
{
    /// <summary>How many names of a key there are beyond the first. Each that is used up is another stored failure.</summary>
    public const int MaxNames = 8;

    private const string Header = "Idempotent-Replayed";

    public static bool IsRepeat(StripeException exception) => exception.StripeError is not { Type: "idempotency_error" } && IsRepeat(exception.StripeResponse);

    public static bool IsRepeat(StripeResponse? response) =>
        response?.Headers?.TryGetValues(Header, out var values) == true && values.Contains("true", StringComparer.OrdinalIgnoreCase);

    public static RequestOptions Under(string key) => new() { IdempotencyKey = key };
}
