using System.Text.Json.Nodes;

namespace Infra.Tests.Deployed;

/// <summary>One resource as Azure Resource Manager would be asked to make it.</summary>
internal sealed record DeployedResource(string Id, string Type, JsonObject Body)
{
    public string Name => Id[(Id.LastIndexOf('/') + 1)..];

    public JsonObject Properties => Body["properties"]!.AsObject();

    /// <summary>The resource that an extension resource (a role, a lock) sits on, relative to the resource group.</summary>
    public string ExtendedScope
    {
        get
        {
            var end = Id.LastIndexOf("/providers/", StringComparison.Ordinal);
            var group = Id.IndexOf("/providers/", StringComparison.Ordinal);
            return end == group ? "" : Id[(group + "/providers/".Length)..end];
        }
    }
}
