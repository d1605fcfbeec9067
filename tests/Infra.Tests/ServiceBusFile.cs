using System.Text.Json.Nodes;
using System.Xml;

namespace Infra.Tests;

/// <summary>infra/servicebus.json, which the emulator, the local broker and the template share.</summary>
internal static class ServiceBusFile
{
    public static JsonObject Namespace { get; } =
        Repository.ReadJson("infra", "servicebus.json")["UserConfig"]!["Namespaces"]!.AsArray().Single()!.AsObject();

    public static IReadOnlyDictionary<string, JsonObject> Queues { get; } = Namespace[nameof(Queues)]!.AsArray()
        .ToDictionary(queue => (string)queue!["Name"]!, queue => queue!["Properties"]!.AsObject());

    public static TimeSpan Duration(JsonNode? iso8601) => XmlConvert.ToTimeSpan((string)iso8601!);
}
