using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json;

namespace ServerlessIdempotency.Inbox;

/// <summary>Reads CloudEvents 1.0 from messages: the JSON format in the body, or attributes as AMQP application properties.</summary>
internal static class CloudEventReader
{
    private const string Structured = "application/cloudevents";
    private const string SpecVersion = "specversion";

    // The AMQP binding names both; the colon was the only one in its first version.
    private static readonly string[] Prefixes = ["cloudEvents:", "cloudEvents_"];

    private static readonly string[] Required = ["id", "source", "type"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads a message.</summary>
    public static CloudEventReading Read(InboundMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var mediaType = message.ContentType?.Split(';')[0].Trim() ?? "";
        if (mediaType.StartsWith(Structured, StringComparison.OrdinalIgnoreCase))
        {
            return mediaType.Equals(Structured + "+json", StringComparison.OrdinalIgnoreCase)
                ? ReadJson(message.Body)
                : new CloudEventReading.Malformed($"The content type '{mediaType}' is not supported: send one event as '{Structured}+json', or its attributes as properties.");
        }

        var prefix = Prefixes.FirstOrDefault(prefix => message.Properties.Keys.Any(name => name.StartsWith(prefix, StringComparison.Ordinal)));
        try
        {
            return prefix is null
                ? new CloudEventReading.NotACloudEvent()
                : Build(name => PropertyText.Of(prefix + name, message.Properties.GetValueOrDefault(prefix + name)), message.ContentType, message.Body);
        }
        catch (FormatException exception)
        {
            return new CloudEventReading.Malformed(exception.Message);
        }
    }

    private static CloudEventReading ReadJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body.Span.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return new CloudEventReading.Malformed($"The body is a JSON {root.ValueKind}, not an object with the attributes of a CloudEvent.");
            }

            var contentType = Attribute("datacontenttype");
            return root.TryGetProperty("data", out var data) && root.TryGetProperty("data_base64", out _)
                ? new CloudEventReading.Malformed("The event has both 'data' and 'data_base64': send one of them.")
                : Build(Attribute, contentType, DataOf(root, data, contentType));

            string? Attribute(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
                ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw new JsonException($"The attribute '{name}' must be a string.")
                : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return new CloudEventReading.Malformed($"The body is not a CloudEvent in JSON: {exception.Message}");
        }
    }

    private static byte[] DataOf(JsonElement root, JsonElement data, string? contentType) => data.ValueKind switch
    {
        JsonValueKind.Undefined => root.TryGetProperty("data_base64", out var encoded) && encoded.ValueKind != JsonValueKind.Null ? encoded.GetBytesFromBase64() : [],

        // Text of another media type stands in the envelope as a JSON string; JSON stands as it is.
        JsonValueKind.String when !IsJson(contentType) => Encoding.UTF8.GetBytes(data.GetString()!),
        JsonValueKind.Null => [],
        _ => Encoding.UTF8.GetBytes(data.GetRawText()),
    };

    /// <summary>Whether it is JSON by its media type; what has none is, in the JSON format.</summary>
    public static bool IsJson(string? contentType)
    {
        var mediaType = contentType?.Split(';')[0].Trim();
        return mediaType is null
            || mediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
            || mediaType.EndsWith("/json", StringComparison.OrdinalIgnoreCase)
            || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static CloudEventReading Build(Func<string, string?> attribute, string? contentType, ReadOnlyMemory<byte> data)
    {
        var version = attribute(SpecVersion);
        if (version != "1.0")
        {
            return new CloudEventReading.Malformed($"The attribute '{SpecVersion}' is '{version}': only CloudEvents 1.0 is understood.");
        }

        var missing = Required.FirstOrDefault(name => string.IsNullOrEmpty(attribute(name)));
        if (missing is not null)
        {
            return new CloudEventReading.Malformed($"The attribute '{missing}' is missing or empty: a CloudEvent has an id, a source and a type.");
        }

        DateTimeOffset? time = null;
        if (attribute("time") is { } text)
        {
            if (!TryParseTime(text, out var parsed))
            {
                return new CloudEventReading.Malformed($"The attribute 'time' is '{text}': write it as RFC 3339, for example 2026-11-24T12:00:00Z.");
            }

            time = parsed;
        }

        return new CloudEventReading.Read(new CloudEvent(attribute("source")!, attribute("id")!, attribute("type")!)
        {
            Subject = attribute("subject"),
            Time = time,
            DataContentType = contentType,
            Data = data,
        });
    }

    // RFC 3339 has leap seconds (section 5.7), .NET has none: the second after it.
    private static bool TryParseTime(string text, out DateTimeOffset time)
    {
        var isLeapSecond = text.Length > 19 && text.AsSpan(13, 6).SequenceEqual(":59:60");
        var parsed = DateTimeOffset.TryParse(isLeapSecond ? text.Replace(":59:60", ":59:59", StringComparison.Ordinal) : text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
        time = parsed && isLeapSecond ? time.AddSeconds(1) : time;
        return parsed;
    }
}
