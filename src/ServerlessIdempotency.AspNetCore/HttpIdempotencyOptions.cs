using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Requests;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>
/// How HTTP requests become operations. The values bind from configuration:
/// <c>AddHttp(o => configuration.GetSection("Idempotency:Http").Bind(o))</c>. The delegates are set in code.
/// </summary>
public sealed class HttpIdempotencyOptions
{
    /// <summary>
    /// Whether a request without a key is refused with 400. Where it is not, such a request simply runs. Default false; <c>RequireIdempotencyKey()</c> sets it for an
    /// endpoint.
    /// </summary>
    public bool RequireKey { get; set; }

    /// <summary>The header that carries the key. Default <c>Idempotency-Key</c> (<c>draft-ietf-httpapi-idempotency-key-header</c>).</summary>
    public string KeyHeader { get; set; } = IdempotencyHeaders.Key;

    /// <summary>
    /// Where the key may stand in a JSON body instead, as a singular query of RFC 9535 such as <c>$.idempotencyKey</c>; what it finds is a string or a number. Where header and
    /// field both name a key they must name the same one. Default none.
    /// </summary>
    public string? KeyField { get; set; }

    /// <summary>
    /// The methods whose requests are executed once. Default <c>POST</c> and <c>PATCH</c>: the others are idempotent by the standard (RFC 9110, section 9.2.2) and pass through.
    /// Names from configuration are added.
    /// </summary>
    public ISet<string> Methods { get; private set; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "POST", "PATCH" };

    /// <summary>
    /// Parameters of the query that are no part of what a request means, such as credentials that change between retries. Default none: a parameter may be meaning, such as a
    /// coupon's code. In any letter case, as queries are read; names from configuration are added. In Azure Functions <c>code</c> is left out where it is the function's key.
    /// </summary>
    public ISet<string> IgnoredQueryParameters { get; private set; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names the query parameter that is the credential of this request, which is no part of its meaning; null where there is none.</summary>
    internal Func<HttpContext, string?> CredentialInQuery { get; set; } = _ => null;

    /// <summary>
    /// Whether endpoints may have endpoint filters. The filters of an endpoint run when its handler runs, not when its answer is replayed: one that checks who calls would be
    /// passed by. Set it where the filters do no such thing; authorization belongs into <c>RequireAuthorization()</c>, which always runs. Default false: such an endpoint stops
    /// the app at its start.
    /// </summary>
    public bool AllowEndpointFilters { get; set; }

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
    /// (<c>Content-Type</c>, <c>Content-Encoding</c>, <c>Content-Language</c>, <c>Content-Location</c>, <c>Content-Disposition</c>, <c>ETag</c>, <c>Last-Modified</c>, <c>Accept-Ranges</c>),
    /// where to go next (<c>Location</c>, <c>Link</c>, <c>Allow</c>, <c>Retry-After</c>, which with 202 is the polling interval) and who may keep it (<c>Cache-Control</c>,
    /// <c>Expires</c>, <c>Vary</c>). Names from configuration are added. <c>Set-Cookie</c>, <c>Date</c>, and the headers of the connection are refused.
    /// </summary>
    public ISet<string> ReplayedHeaders { get; private set; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "Accept-Ranges",
        "Allow",
        "Cache-Control",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Location",
        "Content-Type",
        "ETag",
        "Expires",
        "Last-Modified",
        "Link",
        "Location",
        "Pragma",
        "Retry-After",
        "Vary",
    };

    /// <summary>
    /// Who a key belongs to (law 10); null where the caller can't be told from others, which is answered with 403. Default: of the first authenticated identity of
    /// <see cref="HttpContext.User"/> the first of the claims <c>sub</c> (or <c>NameIdentifier</c>), <c>oid</c> with <c>tid</c>, <c>client_id</c>, <c>azp</c>, <c>appid</c>, else its
    /// name, together with the claim's issuer and the scheme that authenticated; null where it has none of them. All callers without an identity share the principal
    /// <c>anonymous</c>. Set it where callers are told apart in another way (a tenant, a merchant, an API key).
    /// </summary>
    public Func<HttpContext, string?> Principal { get; set; } = RequestPrincipal.Of;

    /// <summary>
    /// Whether an endpoint's answer is stored and replayed. Default: 2xx, 3xx and 4xx are, but for 401, 403, 407, 408, 423, 425, 429, any 4xx with <c>Retry-After</c>, and a 4xx
    /// before the handler of a minimal API or a controller was reached (binding, validation): they are about this request, not about the operation. What is not stored runs again
    /// at the next retry. <c>OperationContext.DoNotStore()</c> has the last word.
    /// </summary>
    public Func<StorableAnswer, bool> ShouldStore { get; set; } = StorableAnswer.IsStoredByDefault;

    /// <summary>
    /// Takes out of an answer what must not be stored, such as tokens and card data; the caller whose call executed gets the whole of it, a replay what is returned here. Where
    /// the delegate throws, nothing but the status is stored and an error is logged. Default none.
    /// </summary>
    public Func<HttpContext, OperationResult, OperationResult>? Redact { get; set; }

    /// <summary>
    /// Changes a stored answer before it is replayed, for example to refresh a link that expires; what is stored stays as it is. What it throws is the request's own error.
    /// Default none.
    /// </summary>
    public Func<HttpContext, OperationResult, ValueTask<OperationResult>>? OnReplay { get; set; }

    /// <summary>The header that marks a replay, with the value <c>true</c>. Default <c>Idempotency-Replayed</c>.</summary>
    public string ReplayedHeader { get; set; } = IdempotencyHeaders.Replayed;

    /// <summary>
    /// The largest answer of an endpoint, in bytes. Answers are captured whole before they are sent, in memory up to 256 KiB and in a temporary file beyond. Of a larger one even the
    /// caller whose call executed gets status and headers only, with <c>Idempotency-Body-Omitted</c>. Default 64 MiB, range 256 KiB to 1 GiB. (What is stored of it is less: 768 KiB,
    /// compressed, of at most 8 MiB.)
    /// </summary>
    public long MaxResponseBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Whether the request is known to be a retry, so that the record is read before it is inserted. Correct either way. Default: <c>Idempotency-Attempt</c>
    /// above 1.
    /// </summary>
    public Func<HttpContext, bool> LikelyRetry { get; set; } = AttemptHeader.IsRetry;

    /// <summary>Everything that is wrong with these settings, a sentence each; none where they are fine.</summary>
    internal IEnumerable<string> Validate() => new OptionFaults("Idempotency:Http")
        .Between(MaxWait, TimeSpan.Zero, TimeSpan.FromMinutes(10))
        .Between(MaxBodyBytes, 1, 100 * 1024 * 1024)
        .Between(UnavailableRetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
        .Between(MaxResponseBytes, Responses.CapturedBody.MemoryThreshold, 1024 * 1024 * 1024)
        .If(ProblemTypeBase is not { IsAbsoluteUri: true } || ProblemTypeBase.OriginalString[^1] is not ('/' or '#' or ':'), $"ProblemTypeBase is '{ProblemTypeBase}': set it to an absolute URI that ends with '/', '#' or ':'.")
        .ForEach(ReplayedHeaders.Where(Responses.ReplayedHeaders.Never.Contains), header => $"ReplayedHeaders has '{header}', which belongs to one response or to one connection: remove it.")
        .If(!IsHeaderName(KeyHeader), $"KeyHeader is '{KeyHeader}': set it to the name of a header, such as Idempotency-Key.")
        .If(!IsHeaderName(ReplayedHeader), $"ReplayedHeader is '{ReplayedHeader}': set it to the name of a header, such as Idempotency-Replayed.")
        .If(KeyFieldFault() is not null, $"KeyField is wrong. {KeyFieldFault()}")
        .If(Methods.Count == 0 || Methods.Any(string.IsNullOrWhiteSpace), "Methods is empty or has an empty name: name the methods whose requests are executed once, such as POST.")
        .ForEach(Methods.Where(IsSafe), method => $"Methods has {method}, which changes nothing (RFC 9110, section 9.2.1): remove it.")
        .If(ShouldStore is null, "ShouldStore is null: give a delegate, or leave it out.")
        .If(Principal is null, "Principal is null: give a delegate that names the caller.")
        .If(LikelyRetry is null, "LikelyRetry is null: give a delegate, for example _ => false.");

    /// <summary>A copy for one endpoint to change.</summary>
    internal HttpIdempotencyOptions Copy()
    {
        var copy = (HttpIdempotencyOptions)MemberwiseClone();
        copy.ReplayedHeaders = new HashSet<string>(ReplayedHeaders, StringComparer.OrdinalIgnoreCase);
        copy.Methods = new HashSet<string>(Methods, StringComparer.OrdinalIgnoreCase);
        copy.IgnoredQueryParameters = new HashSet<string>(IgnoredQueryParameters, StringComparer.OrdinalIgnoreCase);
        return copy;
    }

    /// <summary>Whether a key that is required of such a request is ignored: it changes something, and is not executed once. Reading needs no key, whatever else an endpoint does.</summary>
    internal bool IgnoresKeyOf(string method) => !IsSafe(method) && !Methods.Contains(method);

    // RFC 9110, section 9.2.1.
    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    private static bool IsHeaderName(string name) =>
        !string.IsNullOrEmpty(name) && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.');

    private string? KeyFieldFault()
    {
        try
        {
            _ = KeyField is null ? null : JsonKeyPath.Parse(KeyField);
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }
}
