using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.Keys;

/// <summary>
/// Where a key stands in a JSON body: a singular query of RFC 9535, section 2.3.5.1 (<c>$.order.id</c>, <c>$['order']['id']</c>, <c>$.lines[0].id</c>), so nothing that could
/// find more than one value.
/// </summary>
internal sealed class JsonKeyPath
{
    // As lenient as the endpoints that read the same body may be; a member twice is no one key.
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 64,
    };

    private readonly IReadOnlyList<object> _segments;

    private JsonKeyPath(string text, IReadOnlyList<object> segments)
    {
        Text = text;
        _segments = segments;
    }

    /// <summary>The path as it was written.</summary>
    public string Text { get; }

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a path.</summary>
    /// <param name="text">The path.</param>
    /// <exception cref="FormatException">It is no singular query.</exception>
    public static JsonKeyPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var segments = new List<object>();
        if (!text.StartsWith('$'))
        {
            throw Fault();
        }

        for (var at = 1; at < text.Length;)
        {
            switch (text[at])
            {
                case '.':
                    segments.Add(ReadName(ref at));
                    break;
                case '[' when at + 1 < text.Length && text[at + 1] is '\'' or '"':
                    segments.Add(ReadQuoted(ref at));
                    break;
                case '[':
                    segments.Add(ReadIndex(ref at));
                    break;
                default:
                    throw Fault();
            }
        }

        return segments.Count == 0 ? throw Fault() : new JsonKeyPath(text, segments);

        string ReadName(ref int at)
        {
            var start = ++at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or > '\x7f'))
            {
                at++;
            }

            return at == start || char.IsAsciiDigit(text[start]) ? throw Fault() : text[start..at];
        }

        string ReadQuoted(ref int at)
        {
            var quote = text[at + 1];
            var name = new StringBuilder();
            for (at += 2; at < text.Length && text[at] != quote; at++)
            {
                if (text[at] == '\\' && (++at == text.Length || (text[at] is not '\\' && text[at] != quote)))
                {
                    throw Fault();
                }

                name.Append(text[at]);
            }

            at += 2;
            return at > text.Length || text[at - 1] != ']' ? throw Fault() : name.ToString();
        }

        object ReadIndex(ref int at)
        {
            var end = text.IndexOf(']', at);
            if (end < 0 || !int.TryParse(text.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                throw Fault();
            }

            at = end + 1;
            return index;
        }

        FormatException Fault() => new($"'{text}' is no path to one value: write it like $.order.id, $['order']['id'] or $.lines[0].id.");
    }

    /// <summary>Finds the key's text. A number is one key however it is written: 1000, 1000.0 and 1e3 are all <c>1000</c>.</summary>
    /// <param name="utf8Json">The body.</param>
    /// <returns>The text of the string or number there; null where there is none.</returns>
    /// <exception cref="JsonException">The body is not JSON, has a member twice, or has no text where the path looks for some.</exception>
    public string? Find(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json.Span.StartsWith(Utf8Mark) ? utf8Json[Utf8Mark.Length..] : utf8Json, Options);
            return Find(document.RootElement);
        }
        catch (InvalidOperationException exception)
        {
            // An escape such as \ud800 is JSON by its grammar, and no text: the reader finds that out only when it unescapes.
            throw new JsonException("A name or a value is no Unicode text, such as half a surrogate pair.", exception);
        }
        catch (CanonicalJsonException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    private string? Find(JsonElement element)
    {
        foreach (var segment in _segments)
        {
            switch (segment)
            {
                case string name when element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member):
                    element = member;
                    break;
                case int index when element.ValueKind == JsonValueKind.Array && index < element.GetArrayLength():
                    element = element[index];
                    break;
                default:
                    return null;
            }
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => CanonicalNumber.ToPlainText(element.GetRawText()),
            _ => null,
        };
    }
}
