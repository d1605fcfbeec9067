using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Payments.Json;

namespace Payments.Api;

/// <summary>Reads the body of a request ahead of its operation, so that what is not valid is refused before anything is claimed.</summary>
internal static class JsonBody
{
    private const int ChunkSize = 16 * 1024;

    public static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && (type.MediaType!.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.MediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
        && (type.CharSet is null || type.CharSet.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a body is empty or an object without members.</summary>
    public static bool SaysNothing(ReadOnlyMemory<byte> body)
    {
        if (body.Length == 0)
        {
            return true;
        }

        try
        {
            using var document = StrictJson.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.GetPropertyCount() == 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <returns>Null where the body is larger than <paramref name="limit"/>. The request's body stands at its start for the next reader.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        var body = new MemoryStream();
        var chunk = new byte[ChunkSize];
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

        body.Position = 0;
        request.Body = body;
        return body.ToArray();
    }
}
