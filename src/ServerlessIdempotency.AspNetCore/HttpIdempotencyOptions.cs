using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Requests;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>
/// How HTTP requests become operations. The values bind from configuration:
/// <c>AddHttp(o => configuration.GetSection("Idempotency:Http").Bind(o))</c>. The delegates are set in code.
/// </summary>
public sealed class HttpIdempotencyOptions
{
    /// <summary>
    /// Whether a POST or PATCH without <c>Idempotency-Key</c> is refused with 400. Where it is not, such a request simply runs. Default false;
    /// <c>RequireIdempotencyKey()</c> sets it for an endpoint.
    /// </summary>
    public bool RequireKey { get; set; }

    /// <summary>The longest wait that <c>Prefer: wait=N</c> is granted, however large N is. Default 30 s, range 0 (never wait) to 10 min.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest request body, in bytes; it is buffered in memory to be fingerprinted. Beyond it the answer is 413. Default 1 MiB, range 1 byte to 100 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>What the <c>Retry-After</c> of a 503 says, rounded up to whole seconds. Default 5 s, range 1 s to 1 h.</summary>
    public TimeSpan UnavailableRetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What precedes the names in <see cref="IdempotencyProblemTypes"/>. Default <see cref="IdempotencyProblemTypes.DefaultBase"/>; an absolute URI that ends
    /// with <c>/</c>, <c>#</c> or <c>:</c>.
    /// </summary>
    public Uri ProblemTypeBase { get; set; } = new(IdempotencyProblemTypes.DefaultBase);

    /// <summary>
    /// The response headers of an endpoint that are stored and replayed; others go to the first caller only. Default: those that describe the content
    /// (<c>Content-Type</c>, <c>Content-Encoding</c>, <c>Content-Language</c>, <c>Content-Location</c>, <c>Content-Disposition</c>, <c>ETag</c>, <c>Last-Modified</c>),
    /// where to go next (<c>Location</c>, <c>Link</c>, <c>Retry-After</c>, which with 202 is the polling interval) and who may keep it (<c>Cache-Control</c>).
    /// Names from configuration are added. <c>Set-Cookie</c>, <c>Date</c>, and the headers of the connection are refused.
    /// </summary>
    public ISet<string> ReplayedHeaders { get; private set; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "Cache-Control",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Location",
        "Content-Type",
        "ETag",
        "Last-Modified",
        "Link",
        "Location",
        "Retry-After",
    };

    /// <summary>
    /// Who a key belongs to (law 10). Default: of the first authenticated identity of <see cref="HttpContext.User"/> the issuer and value of its
    /// <c>NameIdentifier</c> or <c>sub</c> claim, else its name; all callers without an identity share the principal <c>anonymous</c>. Set it where callers are told
    /// apart in another way (a tenant, a merchant, an API key).
    /// </summary>
    public Func<HttpContext, string> Principal { get; set; } = RequestPrincipal.Of;

    /// <summary>
    /// Whether the request is known to be a retry, so that the record is read before it is inserted. Correct either way. Default: <c>Idempotency-Attempt</c>
    /// above 1.
    /// </summary>
    public Func<HttpContext, bool> LikelyRetry { get; set; } = AttemptHeader.IsRetry;

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaxWait < TimeSpan.Zero || MaxWait > TimeSpan.FromMinutes(10))
        {
            yield return $"Idempotency:Http:MaxWait is {MaxWait}: set it between 00:00:00 and 00:10:00.";
        }

        if (MaxBodyBytes is < 1 or > 100 * 1024 * 1024)
        {
            yield return $"Idempotency:Http:MaxBodyBytes is {MaxBodyBytes}: set it between 1 and 104857600.";
        }

        if (UnavailableRetryAfter < TimeSpan.FromSeconds(1) || UnavailableRetryAfter > TimeSpan.FromHours(1))
        {
            yield return $"Idempotency:Http:UnavailableRetryAfter is {UnavailableRetryAfter}: set it between 00:00:01 and 01:00:00.";
        }

        if (ProblemTypeBase is not { IsAbsoluteUri: true } || ProblemTypeBase.OriginalString[^1] is not ('/' or '#' or ':'))
        {
            yield return $"Idempotency:Http:ProblemTypeBase is '{ProblemTypeBase}': set it to an absolute URI that ends with '/', '#' or ':'.";
        }

        foreach (var header in ReplayedHeaders.Where(Responses.ReplayedHeaders.Never.Contains))
        {
            yield return $"Idempotency:Http:ReplayedHeaders has '{header}', which belongs to one response or to one connection: remove it.";
        }

        if (Principal is null)
        {
            yield return "Idempotency:Http:Principal is null: give a delegate that names the caller.";
        }

        if (LikelyRetry is null)
        {
            yield return "Idempotency:Http:LikelyRetry is null: give a delegate, for example _ => false.";
        }
    }

    /// <summary>A copy for one endpoint to change.</summary>
    internal HttpIdempotencyOptions Copy()
    {
        var copy = (HttpIdempotencyOptions)MemberwiseClone();
        copy.ReplayedHeaders = new HashSet<string>(ReplayedHeaders, StringComparer.OrdinalIgnoreCase);
        return copy;
    }

    internal void ThrowIfInvalid()
    {
        if (string.Join(' ', Validate()) is { Length: > 0 } faults)
        {
            throw new ArgumentException(faults);
        }
    }
}
