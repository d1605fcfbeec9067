using System.Text.Json;

namespace ServerlessIdempotency.Records;

/// <summary>Headers as a flat JSON array of names and values, so that order and repeated names are kept.</summary>
internal static class HeadersCodec
{
    /// <returns>Null where there are none.</returns>
    public static string? Encode(IReadOnlyList<KeyValuePair<string, string>> headers) =>
        headers.Count == 0 ? null : JsonSerializer.Serialize([.. headers.SelectMany(header => new[] { header.Key, header.Value })], RecordJsonContext.Default.StringArray);

    public static IReadOnlyList<KeyValuePair<string, string>> Decode(string? text) => text is null
        ? []
        : [.. JsonSerializer.Deserialize(text, RecordJsonContext.Default.StringArray)!.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1]))];
}
