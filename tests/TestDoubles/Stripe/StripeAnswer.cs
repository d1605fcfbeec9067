using System.Net;
using System.Text.Json;

namespace TestDoubles.Stripe;

/// <summary>An answer of Stripe's, as it goes over the network.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body.</param>
internal sealed record StripeAnswer(HttpStatusCode Status, string Body)
{
    /// <summary>False for what Stripe answers before a request has begun: the same key may be asked for again.</summary>
    public bool IsStored { get; init; } = true;

    /// <summary>Whether this is what was answered before.</summary>
    public bool IsRepeat { get; init; }

    public static StripeAnswer Ok(object body) => new(HttpStatusCode.OK, JsonSerializer.Serialize(body));

    public static StripeAnswer Error(string type, string? code, HttpStatusCode status = HttpStatusCode.BadRequest) =>
        new(status, JsonSerializer.Serialize(new { error = new { type, code, message = "Refused." } }));
}
