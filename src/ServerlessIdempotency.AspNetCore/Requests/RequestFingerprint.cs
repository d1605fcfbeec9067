using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>The default fingerprint: method, path, query and body.</summary>
internal static class RequestFingerprint
{
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <exception cref="CanonicalJsonException">The body says that it is JSON and is not, or has a member twice.</exception>
    public static Fingerprint Of(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        // Escaped, so that a question mark within the path is not the one before the query.
        var target = $"{request.Method.ToUpperInvariant()} {PathOf(request)}{request.QueryString.ToUriComponent()}";
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var contentType) && IsUtf8Json(contentType))
        {
            // Readers of JSON skip a byte order mark; the canonical form has none.
            var json = body.Span.StartsWith(Utf8Mark) ? body[Utf8Mark.Length..] : body;
            return Fingerprint.FromJson($"{target}\n{contentType.MediaType.ToString().ToLowerInvariant()}", json);
        }

        return Fingerprint.FromBytes($"{target}\n{request.ContentType}", body.Span);
    }

    public static string PathOf(HttpRequest request) => request.PathBase.Add(request.Path).ToUriComponent();

    private static bool IsUtf8Json(MediaTypeHeaderValue contentType)
    {
        var isJson = contentType.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || contentType.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);
        var charset = HeaderUtilities.RemoveQuotes(contentType.Charset);
        return isJson && (charset.Length == 0 || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }
}
