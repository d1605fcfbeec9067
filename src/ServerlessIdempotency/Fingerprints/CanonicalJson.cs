using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace ServerlessIdempotency.Fingerprints;

/// <summary>
/// Writes JSON in one form for each meaning: no whitespace, members in ordinal order, each string escaped one way, each number by its exact
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
                foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
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
                writer.WriteRawValue(Normalize(element.GetRawText()), skipInputValidation: true);
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    /// <summary>A number as significant digits and a power of ten: 1.50, 15e-1 and 0.15E+1 are all <c>15E-1</c>.</summary>
    internal static string Normalize(string number)
    {
        var exponentAt = number.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? number : number[..exponentAt];
        long exponent = 0;
        if (exponentAt >= 0 && !long.TryParse(number.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            throw new CanonicalJsonException($"The exponent of the number {number[..Math.Min(40, number.Length)]} is out of range.");
        }

        var negative = mantissa.StartsWith('-');
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        var digits = mantissa.Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        if (digits.Length == 0)
        {
            return "0";
        }

        var significant = digits.TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{(negative ? "-" : "")}{significant}E{exponent - decimals + (digits.Length - significant.Length)}");
    }
}
