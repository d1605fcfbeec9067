using System.IO.Compression;

namespace ServerlessIdempotency.AspNetCore.Requests;

/// <summary>Content codings of requests that no middleware has decoded (RFC 9110, section 8.4.1).</summary>
internal static class ContentCoding
{
    /// <returns>What was compressed; null where the coding is unknown, the body is none of it, or more than <paramref name="limit"/>.</returns>
    public static async Task<byte[]?> DecodeAsync(string? coding, ReadOnlyMemory<byte> body, int limit, CancellationToken cancellationToken)
    {
        using var encoded = new MemoryStream(body.ToArray(), writable: false);
        using Stream? decoder = coding?.Trim().ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(encoded, CompressionMode.Decompress),
            "deflate" => new ZLibStream(encoded, CompressionMode.Decompress),
            "br" => new BrotliStream(encoded, CompressionMode.Decompress),
            "identity" => encoded,
            _ => null,
        };
        if (decoder is null)
        {
            return null;
        }

        using var decoded = new MemoryStream();
        var chunk = new byte[16 * 1024];
        try
        {
            while (await decoder.ReadAsync(chunk, cancellationToken) is > 0 and var count)
            {
                if (decoded.Length + count > limit)
                {
                    return null;
                }

                decoded.Write(chunk, 0, count);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            return null;
        }

        return decoded.ToArray();
    }
}
