using System.Text.Json.Nodes;

namespace Infra.Tests;

/// <summary>The working copy that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    public static JsonObject ReadJson(params string[] parts) => JsonNode.Parse(Read(parts))!.AsObject();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ServerlessIdempotency.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("No folder above the test assembly holds ServerlessIdempotency.sln.");
    }
}
