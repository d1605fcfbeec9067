using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>
/// The default fingerprint: the operation, the query without what <see cref="HttpIdempotencyOptions.IgnoredQueryParameters"/> leaves out, and the body by what it means.
/// </summary>
internal static class RequestFingerprint
{
    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <param name="request">The request.</param>
    /// <param name="target">The operation: its name with its arguments, or method and route.</param>
    /// <param name="isNamed">Whether the operation has a name: other channels reach it too, so how the arguments came is no part of it.</param>
    /// <param name="options">The settings.</param>
    /// <param name="content">The body.</param>
    /// <param name="cancellationToken">Ends the reading of a form's files.</param>
    public static async ValueTask<Fingerprint> OfAsync(
        HttpRequest request, string target, bool isNamed, HttpIdempotencyOptions options, RequestContent content, CancellationToken cancellationToken)
    {
        target += RequestQuery.Canonicalize(request.QueryString, options.IgnoredQueryParameters, options.CredentialInQuery(request.HttpContext));
        if (content.Form is null && request.Headers.ContentEncoding is { Count: > 0 } encoding)
        {
            // A client may compress again at its retry, with another time in the header of gzip: it counts what was compressed, as it does where middleware has decompressed it.
            if (await ContentCoding.DecodeAsync(encoding, content.Bytes, options.MaxBodyBytes, cancellationToken) is not { } decoded)
            {
                return Fingerprint.FromBytes($"{target}\n{encoding}\n{request.ContentType}", content.Bytes.Span);
            }

            content = new RequestContent(decoded, Form: null);
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var contentType))
        {
            return Fingerprint.FromBytes($"{target}\n{request.ContentType}", content.Bytes.Span);
        }

        var mediaType = isNamed ? "" : $"\n{contentType.MediaType.ToString().ToLowerInvariant()}";
        if (IsUtf8Json(contentType))
        {
            // Readers of JSON skip a byte order mark; the canonical form has none.
            var json = content.Bytes.Span.StartsWith(Utf8Mark) ? content.Bytes[Utf8Mark.Length..] : content.Bytes;
            try
            {
                return Fingerprint.FromJson(target + mediaType, json);
            }
            catch (CanonicalJsonException)
            {
                // Comments, trailing commas or a member twice: some endpoints accept that, so it is for them to refuse; every byte counts.
                return Fingerprint.FromBytes(target + mediaType, json.Span);
            }
        }

        return FormFingerprint.IsForm(contentType) && await FormFingerprint.CanonicalizeAsync(contentType, content, Antiforgery.FieldOf(request.HttpContext), cancellationToken) is { } form
            ? Fingerprint.FromBytes(target + mediaType, form)
            : Fingerprint.FromBytes($"{target}\n{request.ContentType}", content.Bytes.Span);
    }

    /// <summary>Whether the body is JSON that can be looked into.</summary>
    public static bool IsPlainJson(HttpRequest request) =>
        request.Headers.ContentEncoding.Count == 0 && MediaTypeHeaderValue.TryParse(request.ContentType, out var contentType) && IsUtf8Json(contentType);

    private static bool IsUtf8Json(MediaTypeHeaderValue contentType)
    {
        var isJson = contentType.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || contentType.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);
        var charset = HeaderUtilities.RemoveQuotes(contentType.Charset);
        return isJson && (charset.Length == 0 || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }
}
