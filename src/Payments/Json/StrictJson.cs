using System.Text.Json;

namespace Payments.Json;

/// <summary>
/// JSON that came from outside: no member twice, and no name that is no text. The parser itself takes such a name, half a surrogate pair in an escape, and fails when it
/// is read; so every name is read here, once, and nobody who walks over the members has to expect that.
/// </summary>
internal static class StrictJson
{
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Without the byte order mark that some writers put before UTF-8 and that a reader may ignore (RFC 8259, section 8.1).</summary>
    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> utf8Json) => utf8Json.Span.StartsWith(Utf8Mark) ? utf8Json[Utf8Mark.Length..] : utf8Json;

    /// <exception cref="JsonException">The text is not JSON, has a member twice, or has a name that is no text.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8Json)
    {
        utf8Json = WithoutMark(utf8Json);
        CheckNames(utf8Json.Span);
        return JsonDocument.Parse(utf8Json, Options);
    }

    /// <returns>Null where the value is no string, or one that is no text: half a surrogate pair.</returns>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static void CheckNames(ReadOnlySpan<byte> utf8Json)
    {
        var reader = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException exception)
            {
                throw new JsonException($"The member's name at byte {reader.TokenStartIndex} is no Unicode text, such as half a surrogate pair.", exception);
            }
        }
    }
}
