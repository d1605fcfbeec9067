namespace ServerlessIdempotency.AspNetCore.Responses;

internal static class ReplayedHeaders
{
    /// <summary>Headers of one response or of one connection; no replay repeats them, whoever put them into a result.</summary>
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
}
