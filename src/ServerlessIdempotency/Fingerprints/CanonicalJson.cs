using System.Buffers;
using System.Text.Json;

namespace ServerlessIdempotency.Fingerprints;

/// <summary>
/// Writes JSON in one form for each meaning: no whitespace, members in the order of their names, each string escaped one way, each number by its exact
/// decimal value. In the spirit of RFC 8785, but numbers keep all their digits: amounts beyond 2^53 stay apart.
/// </summary>
internal static class CanonicalJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public static void Write(ReadOnlyMemory<byte> utf8Json, IBufferWriter<byte> output)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json, Options);
            using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
            Write(document.RootElement, writer);
        }
        catch (JsonException exception)
        {
            throw new CanonicalJsonException($"The text has no canonical JSON form: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            // GetString refuses half a surrogate pair, which two escapes could write in more than one way.
            throw new CanonicalJsonException("A JSON string holds half a surrogate pair.", exception);
        }
    }

    private static void Write(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                // Names that differ in letter case alone keep their order: to a reader that ignores case they are one member, and the last one counts.
                foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.OrdinalIgnoreCase))
                {
                    writer.WritePropertyName(member.Name);
                    Write(member.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(element.GetString());
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(CanonicalNumber.Normalize(element.GetRawText()), skipInputValidation: true);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
