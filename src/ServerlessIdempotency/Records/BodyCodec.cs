using System.IO.Compression;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Records;

/// <summary>
/// A body as binary columns of at most 64 KiB: raw up to 2 KiB, else Brotli at quality 1, which halves JSON for under a millisecond.
/// </summary>
internal static class BodyCodec
{
    /// <summary>The most bytes of a binary column in Table Storage.</summary>
    public const int ColumnSize = 64 * 1024;

    /// <summary>768 KiB of the 1 MiB of an entity; the rest is for steps, headers and the other columns.</summary>
    public const int MaxStoredSize = 12 * ColumnSize;

    private const int RawLimit = 2 * 1024;
    private const int BrotliQuality = 1;
    private const int BrotliWindow = 22;

    /// <summary>Adds a body's columns, where it can be stored whole, raw or compressed.</summary>
    /// <returns>False where it can't: nothing was added.</returns>
    public static bool TryEncode(ReadOnlyMemory<byte> body, Dictionary<string, object> values)
    {
        var compressed = body.Length > RawLimit ? Compress(body) : default;
        if (compressed.IsEmpty && body.Length > MaxStoredSize)
        {
            return false;
        }

        Write(body, compressed, values);
        return true;
    }

    /// <summary>Adds a body's columns; one that is too long for a row is for the store to refuse.</summary>
    public static void Encode(ReadOnlyMemory<byte> body, Dictionary<string, object> values) => Write(body, body.Length > RawLimit ? Compress(body) : default, values);

    public static byte[] Decode(Row row)
    {
        var body = new byte[row.GetInt64("BodyLength") ?? 0];
        using var stored = new MemoryStream();
        for (var index = 0; row.GetBinary(Column(index)) is { } chunk; index++)
        {
            stored.Write(chunk);
        }

        var bytes = stored.GetBuffer().AsSpan(0, (int)stored.Length);
        var whole = row.GetString("Encoding") switch
        {
            "br" => BrotliDecoder.TryDecompress(bytes, body, out var written) && written == body.Length,
            null => bytes.TryCopyTo(body) && bytes.Length == body.Length,
            var other => throw new InvalidDataException($"The body of {row.Address} has the encoding '{other}', which this version does not know."),
        };
        return whole ? body : throw new InvalidDataException($"The body of {row.Address} is not whole.");
    }

    /// <returns>Empty where that does not make it smaller, or not small enough.</returns>
    private static ReadOnlyMemory<byte> Compress(ReadOnlyMemory<byte> body)
    {
        var compressed = new byte[Math.Min(body.Length - 1, MaxStoredSize)];
        return BrotliEncoder.TryCompress(body.Span, compressed, out var written, BrotliQuality, BrotliWindow) ? compressed.AsMemory(0, written) : default;
    }

    private static void Write(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> compressed, Dictionary<string, object> values)
    {
        var stored = body;
        if (!compressed.IsEmpty)
        {
            stored = compressed;
            values["Encoding"] = "br";
        }

        values["BodyLength"] = body.Length;
        for (var index = 0; index * ColumnSize < stored.Length; index++)
        {
            values[Column(index)] = stored.Slice(index * ColumnSize, Math.Min(ColumnSize, stored.Length - (index * ColumnSize))).ToArray();
        }
    }

    private static string Column(int index) => $"Body{index:D2}";
}
