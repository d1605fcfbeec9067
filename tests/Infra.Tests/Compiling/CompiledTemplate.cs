using System.Text.Json.Nodes;

namespace Infra.Tests.Compiling;

/// <summary>main.bicep as the JSON template that is sent to Azure, modules inside it.</summary>
internal sealed class CompiledTemplate(string json)
{
    // Compiled once: the source does not change while the tests run.
    private static readonly Lazy<Task<CompiledTemplate>> Loaded = new(CompileAsync);

    public string Json { get; } = json;

    public JsonObject Root { get; } = JsonNode.Parse(json)!.AsObject();

    public IEnumerable<KeyValuePair<string, JsonObject>> Modules => Root["resources"]!.AsObject()
        .Where(resource => (string)resource.Value!["type"]! == "Microsoft.Resources/deployments")
        .Select(resource => KeyValuePair.Create(resource.Key, resource.Value!.AsObject()));

    /// <summary>Names of all outputs, the modules' as module.output: each can be read in the deployment history.</summary>
    public IEnumerable<string> OutputNames =>
    [
        .. OutputsOf(Root),
        .. Modules.SelectMany(module => OutputsOf(module.Value["properties"]!["template"]!.AsObject())
            .Select(output => $"{module.Key}.{output}")),
    ];

    public static Task<CompiledTemplate> LoadAsync() => Loaded.Value;

    private static async Task<CompiledTemplate> CompileAsync()
    {
        var run = await BicepCompiler.RunAsync(Repository.PathOf("infra"), "build", "main.bicep", "--stdout");
        return new CompiledTemplate(run.OutputOrThrow());
    }

    private static IEnumerable<string> OutputsOf(JsonObject template) =>
        template["outputs"] is JsonObject outputs ? outputs.Select(output => output.Key) : [];
}
