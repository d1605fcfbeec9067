using System.Globalization;
using System.Text.Json.Nodes;

namespace Infra.Tests.Deployed;

/// <summary>What one set of parameters deploys, worked out by the compiler without Azure.</summary>
internal sealed class Deployment(JsonObject snapshot)
{
    public IReadOnlyList<DeployedResource> Resources { get; } =
    [
        .. snapshot["predictedResources"]!.AsArray().Select(node => new DeployedResource(
            (string)node!["id"]!,
            (string)node["type"]!,
            node.AsObject())),
    ];

    public JsonArray Diagnostics { get; } = snapshot["diagnostics"]!.AsArray();

    public JsonObject Outputs { get; } = snapshot["outputs"]!.AsObject();

    public IReadOnlyList<DeployedResource> All(string type) => [.. Resources.Where(resource => resource.Type == type)];

    public DeployedResource The(string type) => Assert.Single(All(type));

    public DeployedResource The(string type, string name) => Assert.Single(All(type), resource => resource.Name == name);

    public TimeSpan DurationSetting(string name) => TimeSpan.Parse(
        (string)The("Microsoft.Web/sites/config", "appsettings").Properties[name]!,
        CultureInfo.InvariantCulture);
}
