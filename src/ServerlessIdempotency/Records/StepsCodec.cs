using System.Text.Json;

namespace ServerlessIdempotency.Records;

/// <summary>Recorded steps as one JSON object in a binary column: name to result. No step is named "": there stand the names of those whose results were too large.</summary>
internal static class StepsCodec
{
    public const int MaxSize = 64 * 1024;

    private const string Omitted = "";

    public static bool Fits(IReadOnlyDictionary<string, byte[]?> steps) => Write(steps).Length <= MaxSize;

    public static byte[] Encode(IReadOnlyDictionary<string, byte[]?> steps) => Write(steps) is { Length: <= MaxSize } encoded
        ? encoded
        : throw new ResultTooLargeException($"The names of the operation's steps have more than {MaxSize:N0} bytes together, as much as can be stored. Use fewer steps.");

    public static IReadOnlyDictionary<string, byte[]?> Decode(byte[]? stored)
    {
        var steps = new Dictionary<string, byte[]?>();
        if (stored is not null)
        {
            using var document = JsonDocument.Parse(stored);
            foreach (var step in document.RootElement.EnumerateObject())
            {
                if (step.NameEquals(Omitted))
                {
                    foreach (var name in step.Value.EnumerateArray())
                    {
                        steps[name.GetString()!] = null;
                    }
                }
                else
                {
                    steps[step.Name] = JsonSerializer.SerializeToUtf8Bytes(step.Value, RecordJsonContext.Default.JsonElement);
                }
            }
        }

        return steps;
    }

    private static byte[] Write(IReadOnlyDictionary<string, byte[]?> steps)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, result) in steps)
            {
                if (result is not null)
                {
                    writer.WritePropertyName(name);
                    writer.WriteRawValue(result);
                }
            }

            if (steps.Any(step => step.Value is null))
            {
                writer.WriteStartArray(Omitted);
                foreach (var (name, _) in steps.Where(step => step.Value is null))
                {
                    writer.WriteStringValue(name);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
