using System.Text.Json;

namespace ServerlessIdempotency.Records;

/// <summary>Recorded steps as one JSON object in a binary column: name to result.</summary>
internal static class StepsCodec
{
    private const int MaxSize = 64 * 1024;

    public static byte[] Encode(IReadOnlyDictionary<string, byte[]> steps)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, result) in steps)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(result);
            }

            writer.WriteEndObject();
        }

        return buffer.Length <= MaxSize
            ? buffer.ToArray()
            : throw new ResultTooLargeException($"The recorded steps of the operation have {buffer.Length:N0} bytes together; at most {MaxSize:N0} can be stored. Record ids, not contents.");
    }

    public static IReadOnlyDictionary<string, byte[]> Decode(byte[]? stored)
    {
        var steps = new Dictionary<string, byte[]>();
        if (stored is not null)
        {
            using var document = JsonDocument.Parse(stored);
            foreach (var step in document.RootElement.EnumerateObject())
            {
                steps[step.Name] = JsonSerializer.SerializeToUtf8Bytes(step.Value, RecordJsonContext.Default.JsonElement);
            }
        }

        return steps;
    }
}
