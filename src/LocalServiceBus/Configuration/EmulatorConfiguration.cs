using System.Text.Json;
using System.Xml;

namespace LocalServiceBus.Configuration;

/// <summary>
/// Reads queues from the configuration file of the official emulator
/// (<c>UserConfig.Namespaces[].Queues[].Properties</c>, ISO 8601 durations).
/// What this broker can't do is refused by name rather than ignored.
/// </summary>
public static class EmulatorConfiguration
{
    /// <summary>Reads a file.</summary>
    /// <param name="file">The file's path.</param>
    /// <param name="others">The options that no file has: port, data folder, clock and logging. Default: the defaults.</param>
    /// <exception cref="LocalServiceBusException">The file can't be read, or asks for what this broker does not have.</exception>
    public static LocalServiceBusOptions Load(string file, LocalServiceBusOptions? others = null)
    {
        string json;
        try
        {
            json = File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LocalServiceBusException($"The configuration '{file}' can't be read: {exception.Message}", exception);
        }

        others ??= new LocalServiceBusOptions();
        return new LocalServiceBusOptions
        {
            Queues = Parse(json),
            Port = others.Port,
            DataFolder = others.DataFolder,
            TimeProvider = others.TimeProvider,
            LoggerFactory = others.LoggerFactory,
        };
    }

    /// <summary>Reads the queues from the file's text.</summary>
    /// <exception cref="LocalServiceBusException">The text is no JSON, or asks for what this broker does not have.</exception>
    public static IReadOnlyList<QueueOptions> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return ReadRoot(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new LocalServiceBusException($"The configuration is no JSON: {exception.Message}", exception);
        }
    }

    private static List<QueueOptions> ReadRoot(JsonElement root)
    {
        var queues = new List<QueueOptions>();
        foreach (var (name, value) in Members(root, "the file"))
        {
            if (name != "UserConfig")
            {
                throw Unsupported(name, "the file");
            }

            foreach (var (section, content) in Members(value, name))
            {
                switch (section)
                {
                    case "Namespaces":
                        var namespaces = Elements(content, section).ToArray();
                        if (namespaces.Length != 1)
                        {
                            throw new LocalServiceBusException($"Namespaces has {namespaces.Length} entries; it takes one, as the emulator does.");
                        }

                        ReadNamespace(namespaces[0], queues);
                        break;
                    case "Logging":
                        break; // where the emulator logs; this broker logs to the standard error
                    default:
                        throw Unsupported(section, name);
                }
            }
        }

        return queues;
    }

    private static void ReadNamespace(JsonElement element, List<QueueOptions> queues)
    {
        foreach (var (name, value) in Members(element, "Namespaces"))
        {
            switch (name)
            {
                case "Name":
                    break;
                case "Queues":
                    queues.AddRange(Elements(value, name).Select(ReadQueue));
                    break;
                case "Topics" when value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0):
                    break;
                default:
                    throw Unsupported(name, "Namespaces");
            }
        }
    }

    private static QueueOptions ReadQueue(JsonElement element)
    {
        string? name = null;
        var properties = default(JsonElement);
        foreach (var (member, value) in Members(element, "Queues"))
        {
            switch (member)
            {
                case "Name":
                    name = Text(value, "Name of a queue");
                    break;
                case "Properties":
                    properties = value;
                    break;
                default:
                    throw Unsupported(member, "Queues");
            }
        }

        return ReadProperties(name ?? throw new LocalServiceBusException("A queue has no Name."), properties);
    }

    private static QueueOptions ReadProperties(string queue, JsonElement properties)
    {
        var read = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in properties.ValueKind == JsonValueKind.Undefined ? [] : Members(properties, "Properties"))
        {
            switch (name)
            {
                case "LockDuration" or "MaxDeliveryCount" or "RequiresSession" or "RequiresDuplicateDetection" or "DuplicateDetectionHistoryTimeWindow"
                    or "DefaultMessageTimeToLive" or "DeadLetteringOnMessageExpiration" or "ForwardDeadLetteredMessagesTo":
                    read.Add(name, value);
                    break;
                case "ForwardTo" when value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && string.IsNullOrEmpty(value.GetString())):
                    break; // the emulator's own sample has it, empty
                default:
                    throw Unsupported(name, $"the queue '{queue}'");
            }
        }

        var defaults = new QueueOptions { Name = queue };
        return new QueueOptions
        {
            Name = queue,
            LockDuration = Duration("LockDuration", defaults.LockDuration),
            MaxDeliveryCount = Number("MaxDeliveryCount", defaults.MaxDeliveryCount),
            RequiresSession = Truth("RequiresSession", defaults.RequiresSession),
            RequiresDuplicateDetection = Truth("RequiresDuplicateDetection", defaults.RequiresDuplicateDetection),
            DuplicateDetectionHistoryTimeWindow = Duration("DuplicateDetectionHistoryTimeWindow", defaults.DuplicateDetectionHistoryTimeWindow),
            DefaultMessageTimeToLive = Duration("DefaultMessageTimeToLive", defaults.DefaultMessageTimeToLive),
            DeadLetteringOnMessageExpiration = Truth("DeadLetteringOnMessageExpiration", defaults.DeadLetteringOnMessageExpiration),
            ForwardDeadLetteredMessagesTo = read.TryGetValue("ForwardDeadLetteredMessagesTo", out var target) && target.ValueKind != JsonValueKind.Null
                ? Text(target, "ForwardDeadLetteredMessagesTo")
                : null,
        };

        TimeSpan Duration(string name, TimeSpan otherwise)
        {
            if (!read.TryGetValue(name, out var value))
            {
                return otherwise;
            }

            var text = Text(value, name);
            try
            {
                return XmlConvert.ToTimeSpan(text);
            }
            catch (FormatException exception)
            {
                throw new LocalServiceBusException($"{name} of the queue '{queue}' is '{text}'; it takes an ISO 8601 duration such as PT1M.", exception);
            }
            catch (OverflowException)
            {
                return TimeSpan.MaxValue; // the service writes "forever" as P10675199DT2H48M5.4775807S
            }
        }

        int Number(string name, int otherwise) =>
            !read.TryGetValue(name, out var value) ? otherwise
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
            : throw new LocalServiceBusException($"{name} of the queue '{queue}' is {value.GetRawText()}; it takes a whole number.");

        bool Truth(string name, bool otherwise) =>
            !read.TryGetValue(name, out var value) ? otherwise
            : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
            : throw new LocalServiceBusException($"{name} of the queue '{queue}' is {value.GetRawText()}; it takes true or false.");
    }

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement element, string where) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().Select(member => (member.Name, member.Value))
            : throw new LocalServiceBusException($"{where} of the configuration is no object.");

    private static JsonElement.ArrayEnumerator Elements(JsonElement element, string where) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw new LocalServiceBusException($"{where} of the configuration is no list.");

    private static string Text(JsonElement element, string where) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new LocalServiceBusException($"{where} is {element.GetRawText()}; it takes a text.");

    private static LocalServiceBusException Unsupported(string setting, string where) =>
        new($"The setting '{setting}' of {where} is not supported. Take it out of the configuration, or run against Azure Service Bus or its emulator.");
}
