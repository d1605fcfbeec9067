using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>Reads the body of a request, once, and gives it to whoever reads it afterwards.</summary>
internal static class RequestBody
{
    private const int ChunkSize = 16 * 1024;

    /// <returns>Null where the body is larger than <paramref name="limit"/>.</returns>
    /// <exception cref="InvalidOperationException">Something read the body before, so its fingerprint can't be taken.</exception>
    public static async Task<RequestContent?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        // Of a form that was read before, the parts are there even where the stream is not.
        var context = request.HttpContext;
        var form = Antiforgery.IsInvalid(context) ? null : context.Features.Get<IFormFeature>()?.Form;
        if (request.Body.CanSeek)
        {
            request.Body.Position = 0;
        }
        else if (form is null && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: true })
        {
            throw ReadBefore();
        }

        // The length that the request announces is that of a compressed body, which middleware may have decompressed: it only helps to guess.
        var announced = request.ContentLength;
        if (announced > limit && form is null)
        {
            return null;
        }

        var chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        using var body = new MemoryStream((int)Math.Min(announced ?? 0, limit));
        try
        {
            while (await request.Body.ReadAsync(chunk, cancellationToken) is > 0 and var count)
            {
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
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk, clearArray: true);
        }

        // Without the body two different requests would have one fingerprint (law 7).
        return body.Length == 0 && announced > 0 && form is null
            ? throw ReadBefore()
            : new RequestContent(body.ToArray(), form);
    }

    private static InvalidOperationException ReadBefore() =>
        new("The request's body was read before its fingerprint could be taken: call request.EnableBuffering() before whatever reads it.");

    /// <summary>Lets a handler read the body from its start. A new stream each time: the request's reader notices a body by its instance.</summary>
    public static void Rewind(HttpRequest request, RequestContent content)
    {
        if (content.Form is null || !content.Bytes.IsEmpty)
        {
            request.Body = new MemoryStream(content.Buffer, writable: false);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { } size and not BufferedBodySize)
        {
            request.HttpContext.Features.Set<IHttpMaxRequestBodySizeFeature>(new BufferedBodySize { MaxRequestBodySize = size.MaxRequestBodySize });
        }
    }
}
