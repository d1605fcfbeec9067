using System.Text.Json.Nodes;

namespace Infra.Tests.Compiling;

public sealed class OrderTests
{
    private static readonly Dictionary<string, string> MakerOfName = new()
    {
        ["identity"] = "identity",
        ["storage"] = "storage",
        ["serviceBus"] = "serviceBus",
        ["logs"] = "monitoring",
        ["insights"] = "monitoring",
        ["network"] = "network",
        ["functionApp"] = "functionApp",
        ["plan"] = "functionApp",
        ["vault"] = "vault",
    };

    [Fact]
    public async Task A_module_that_is_given_a_name_waits_for_the_module_that_makes_the_thing()
    {
        // Guards the dependsOn lines of main.bicep: names are passed as values, which order nothing by themselves.
        var template = await CompiledTemplate.LoadAsync();
        var modules = template.Modules.ToDictionary();
        var checkedNames = 0;

        foreach (var (module, resource) in modules)
        {
            var waitsFor = TransitiveDependencies(modules, module);
            var parameters = resource["properties"]!["parameters"]!.ToJsonString();
            foreach (var (name, maker) in MakerOfName.Where(pair => pair.Value != module))
            {
                if (parameters.Contains($"variables(\\u0027names\\u0027).{name}", StringComparison.Ordinal))
                {
                    checkedNames++;
                    Assert.True(waitsFor.Contains(maker), $"{module} is given names.{name} but does not wait for {maker}.");
                }
            }
        }

        Assert.True(checkedNames >= 12, $"Only {checkedNames} names were found in parameters: does the pattern still fit?");
    }

    [Fact]
    public async Task The_app_waits_for_its_roles()
    {
        var template = await CompiledTemplate.LoadAsync();

        Assert.Contains("roles", TransitiveDependencies(template.Modules.ToDictionary(), "functionApp"));
    }

    private static HashSet<string> TransitiveDependencies(Dictionary<string, JsonObject> modules, string module)
    {
        var found = new HashSet<string>();
        var open = new Stack<string>([module]);
        while (open.TryPop(out var next))
        {
            foreach (var dependency in modules[next]["dependsOn"]?.AsArray() ?? [])
            {
                if (modules.ContainsKey((string)dependency!) && found.Add((string)dependency!))
                {
                    open.Push((string)dependency!);
                }
            }
        }

        return found;
    }
}
