using System.Text.Json.Nodes;

namespace Chaos.Cluster;

/// <summary>
/// The queues as they are deployed, but with short locks, so that what a dead host held comes again soon, and without the broker's duplicate detection:
/// correctness must not depend on it, so every duplicate reaches the consumers.
/// </summary>
internal static class QueueConfiguration
{
    private const string LockDuration = "PT10S";

    public static string Create()
    {
        using var deployed = typeof(QueueConfiguration).Assembly.GetManifestResourceStream("servicebus.json")!;
        var root = JsonNode.Parse(deployed)!;
        foreach (var queue in root["UserConfig"]!["Namespaces"]![0]!["Queues"]!.AsArray())
        {
            var properties = queue!["Properties"]!.AsObject();
            properties["LockDuration"] = LockDuration;
            properties["RequiresDuplicateDetection"] = false;
            properties.Remove("DuplicateDetectionHistoryTimeWindow");
        }

        return root.ToJsonString();
    }
}
