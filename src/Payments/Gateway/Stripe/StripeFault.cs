using System.Net;
using System.Net.Sockets;
using Stripe;

namespace Payments.Gateway.Stripe;

/// <summary>Tells what a failure of Stripe means: a definite no, or an outcome that nobody knows.</summary>
internal static class StripeFault
{
    /// <summary>Stripe understood the request and refused it: nothing happened.</summary>
    public static bool IsInvalidRequest(StripeException exception) =>
        exception.StripeError is { Type: "invalid_request_error" }
        && exception.HttpStatusCode is HttpStatusCode.BadRequest or HttpStatusCode.PaymentRequired or HttpStatusCode.NotFound
        && exception.StripeError.Code is not ("lock_timeout" or "idempotency_key_in_use");

    /// <summary>
    /// Everything else (5xx, 409, 429, wrong credentials, no connection, a time-out): the call may be repeated under the same key. Not so a caller's own
    /// cancellation, and not a key that was used for another request, which is a fault of ours.
    /// </summary>
    public static bool IsUnclear(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        StripeException { StripeError.Type: "idempotency_error" } => false,
        StripeException or HttpRequestException or IOException or SocketException => true,
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    /// <summary>Stripe's documented word for it (https://docs.stripe.com/error-codes), to follow a sentence; its message may name accounts and objects that are not the caller's.</summary>
    public static string CodeOf(StripeException exception) => exception.StripeError.Code is { Length: > 0 } code ? $" ({code})" : "";

    public static GatewayUnavailableException ToUnavailable(Exception exception) => new($"Stripe gave no clear answer: {exception.Message}", exception);
}
