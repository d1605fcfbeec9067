using Microsoft.AspNetCore.Http;

namespace ServerlessIdempotency.AspNetCore.Responses;

internal static class ReplayedHeaders
{
    /// <summary>Headers of one response or of one connection.</summary>
    public static readonly HashSet<string> Never = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Content-Length",
        "Date",
        "Keep-Alive",
        "Server",
        "Set-Cookie",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        IdempotencyHeaders.BodyOmitted,
        IdempotencyHeaders.Expires,
        IdempotencyHeaders.PreferenceApplied,
        IdempotencyHeaders.Replayed,
    };

    /// <summary>Whether a header is the Content-Length of a 304: it is of the content that the caller has (RFC 9110, section 8.6), not of a body that is sent.</summary>
    public static bool IsLengthOfAnother(string header, int status) => status == StatusCodes.Status304NotModified && header.Equals("Content-Length", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a replay leaves a header of a result out, whoever put it there.</summary>
    public static bool IsLeftOut(string header, int status) => Never.Contains(header) && !IsLengthOfAnother(header, status);
}
