using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>The body of a request, read once.</summary>
internal static class RequestBody
{
    private const int ChunkSize = 16 * 1024;

    /// <returns>Null where the body is larger than <paramref name="limit"/>.</returns>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        if (request.Body.CanSeek)
        {
            request.Body.Position = 0;
        }

        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[Math.Min(ChunkSize, limit + 1)];
        try
        {
            while (await request.Body.ReadAsync(chunk, cancellationToken) is > 0 and var count)
            {
                // Chunked bodies announce no length.
                if (body.Length + count > limit)
                {
                    return null;
                }

                body.Write(chunk, 0, count);
            }
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        // Without the body two different requests would have one fingerprint (law 7).
        return body.Length < request.ContentLength || (body.Length == 0 && request.HttpContext.Features.Get<IFormFeature>()?.Form is not null)
            ? throw new InvalidOperationException("The request's body was read before its fingerprint could be taken: call request.EnableBuffering() before whatever reads it.")
            : body.ToArray();
    }

    /// <summary>Lets a handler read the body from its start. A new stream each time: the request's reader notices a body by its instance.</summary>
    public static void Rewind(HttpRequest request, byte[] body) => request.Body = new MemoryStream(body, writable: false);
}
