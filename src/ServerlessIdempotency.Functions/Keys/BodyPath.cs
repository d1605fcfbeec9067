using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ServerlessIdempotency.Functions.Keys;

/// <summary>A singular query of RFC 9535, section 2.3.5.1: names and array indexes from the root, nothing that could find more than one value.</summary>
internal sealed class BodyPath
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    private readonly IReadOnlyList<object> _segments;

    private BodyPath(string text, IReadOnlyList<object> segments)
    {
        Text = text;
        _segments = segments;
    }

    public string Text { get; }

    /// <exception cref="FormatException">It is no singular query.</exception>
    public static BodyPath Parse(string text)
    {
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

        return segments.Count == 0 ? throw Fault() : new BodyPath(text, segments);

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

    /// <returns>The text of the string or number there; null where there is none.</returns>
    /// <exception cref="JsonException">The body is not JSON, has a member twice, or has no text where the path looks for some.</exception>
    public string? Find(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json, Options);
            return Find(document.RootElement);
        }
        catch (InvalidOperationException exception)
        {
            // An escape such as \ud800 is JSON by its grammar, and no text: the reader finds that out only when it unescapes.
            throw new JsonException("A name or a value is no Unicode text, such as half a surrogate pair.", exception);
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
            JsonValueKind.Number => element.GetRawText(),
            _ => null,
        };
    }
}
