using System.Text.Json.Nodes;
using TestDoubles;

namespace Infra.Tests;

/// <summary>The working copy that the tests were built from.</summary>
internal static class Repository
{
    public static string Root => RepositoryFolder.Path;

    public static string PathOf(params string[] parts) => RepositoryFolder.PathOf(parts);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    public static JsonObject ReadJson(params string[] parts) => JsonNode.Parse(Read(parts))!.AsObject();
}
