using System.Text.RegularExpressions;

namespace LocalServiceBus.Tests.OfficialClient;

public sealed partial class ScenarioCoverageTests
{
    [Fact]
    public void Every_scenario_has_a_fact_that_plays_it()
    {
        var written = Directory.GetFiles(Path.Combine(ScenarioFolder.Path, "scenarios"), "*.mjs")
            .Where(file => Path.GetFileName(file) is not ("index.mjs" or "expect.mjs"))
            .SelectMany(file => Exported().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Order()
            .ToArray();
        var played = typeof(OfficialClientScenarios).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(OfficialClientScenarios)))
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: false)))
            .Select(method => ScenarioName.Of(method.Name))
            .Order()
            .ToArray();

        Assert.NotEmpty(written);
        Assert.Equal(written, played);
    }

    [GeneratedRegex(@"^export async function (\w+)", RegexOptions.Multiline)]
    private static partial Regex Exported();
}
