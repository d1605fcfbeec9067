using System.Reflection;

namespace ServiceBusExtension.StandIn.Tests;

/// <summary>The two assemblies that may be the extension, as this build found them.</summary>
internal static class Extension
{
    private static readonly Dictionary<string, string?> Metadata =
        typeof(Extension).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().DistinctBy(attribute => attribute.Key).ToDictionary(attribute => attribute.Key, attribute => attribute.Value);

    /// <summary>Whether the feed lacks the official package.</summary>
    public static bool IsStandIn => string.IsNullOrEmpty(Metadata["Official"]);

    public static string Configuration => Metadata["Configuration"]!;

    public static string StandInPath => Metadata["StandIn"]!;

    /// <summary>The official assembly, in the folder of its newest framework.</summary>
    public static string OfficialPath => Directory.EnumerateFiles(Metadata["Official"]!, "Microsoft.Azure.Functions.Worker.Extensions.ServiceBus.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
}
