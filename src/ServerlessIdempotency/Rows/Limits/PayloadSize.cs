using System.Text.Json;

namespace ServerlessIdempotency.Rows.Limits;

/// <summary>How many bytes an entity group transaction takes on the wire, where it is JSON within a multipart body.</summary>
internal static class PayloadSize
{
    // Boundary, request line, headers and the JSON of keys and type annotations; measured at about 700 bytes with short keys.
    private const int WriteOverhead = 1024;

    // Quotes, colon, comma and the type annotation of a column, which repeats its name.
    private const int ColumnOverhead = 48;

    // JSON escapes what is not ASCII as \uXXXX, and a URL escapes a character of UTF-8 as %XX, up to nine for one of UTF-16.
    private const int EscapedCharacter = 6;
    private const int UrlEscapedCharacter = 9;

    /// <summary>A size that the payload does not exceed.</summary>
    public static long AtMost(RowTransaction transaction) => Measure(transaction, text => text.Length * EscapedCharacter);

    /// <summary>The size of the payload, with the overhead rounded up.</summary>
    public static long Of(RowTransaction transaction) => Measure(transaction, text => JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length);

    private static long Measure(RowTransaction transaction, Func<string, int> escaped)
    {
        long size = 0;
        foreach (var write in transaction.Writes)
        {
            size += WriteOverhead + ((transaction.Partition.PartitionKey.Length + write.RowKey.Length) * (UrlEscapedCharacter + EscapedCharacter));
            var values = write switch
            {
                RowWrite.InsertRow insert => insert.Values,
                RowWrite.ReplaceRow replace => replace.Values,
                _ => null,
            };
            foreach (var (column, value) in values ?? new Dictionary<string, object>())
            {
                size += ColumnOverhead + (2 * escaped(column)) + value switch
                {
                    string text => escaped(text),
                    byte[] bytes => (bytes.Length + 2) / 3 * 4,
                    _ => 40,
                };
            }
        }

        return size;
    }
}
