using Microsoft.AspNetCore.Http;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>An endpoint's answer, as <see cref="HttpIdempotencyOptions.ShouldStore"/> judges it.</summary>
/// <param name="HttpContext">The request.</param>
/// <param name="StatusCode">The status.</param>
/// <param name="Headers">The headers.</param>
/// <param name="HandlerRan">
/// Whether the endpoint's own code was reached. False where binding or validation refused the request before; only minimal APIs with a handler and controllers can tell, for others it is
/// true.
/// </param>
public sealed record StorableAnswer(HttpContext HttpContext, int StatusCode, IReadOnlyList<KeyValuePair<string, string>> Headers, bool HandlerRan)
{
    /// <summary>The default of <see cref="HttpIdempotencyOptions.ShouldStore"/>, for a delegate that decides only some cases.</summary>
    /// <param name="answer">The answer.</param>
    public static bool IsStoredByDefault(StorableAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer.StatusCode switch
        {
            < 400 => true,
            >= 500 => false,

            // Who calls, or when, not what is asked: stored, they would refuse every retry until the retention ends.
            401 or 403 or 407 or 408 or 423 or 425 or 429 => false,
            _ => answer.HandlerRan && !answer.Headers.Any(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)),
        };
    }
}
