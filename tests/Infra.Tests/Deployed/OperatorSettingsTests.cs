using System.Text.Json.Nodes;
using Infra.Tests.Compiling;

namespace Infra.Tests.Deployed;

/// <summary>A deployment replaces the whole set of settings: what operators may set is kept by parameters.</summary>
[Collection(DeploymentsGroup.Name)]
public sealed class OperatorSettingsTests(Deployments deployments)
{
    [Fact]
    public void What_the_docs_say_may_be_set_is_kept_when_it_is_given_by_the_parameter()
    {
        var settings = Settings("operated");

        Assert.Contains("Payments__CommandPrincipal", OperatorSettings.Named);
        Assert.Contains("Idempotency__Functions__KeyNames__HASH", OperatorSettings.Named);
        Assert.Contains("Gateway__Kind", OperatorSettings.Named);

        // A value may have an = in it.
        Assert.All(OperatorSettings.Named, name => Assert.Equal((name, "set=by"), (name, (string?)settings[name])));
    }

    // What somebody sets there is gone with the next deployment.
    [Fact]
    public void No_page_tells_to_set_a_setting_by_hand()
    {
        var pages = Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Append(Repository.PathOf("README.md"));

        Assert.All(pages, page => Assert.DoesNotContain("config appsettings set", File.ReadAllText(page), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("appSettings", "Payments__CommandPrincipal", "write NAME=value")]
    [InlineData("vaultSettings", "Stripe__WebhookSecret", "write NAME=secret")]
    public async Task A_setting_without_a_value_ends_the_deployment(string parameter, string value, string message)
    {
        using var infra = new InfraCopy();
        await File.WriteAllTextAsync(
            Path.Combine(infra.Folder, "main.wrong.bicepparam"),
            $"using 'main.bicep'\nparam environmentName = 'tests'\nparam location = 'northeurope'\nparam stage = 'dev'\nparam gateway = 'Simulated'\nparam {parameter} = '{value}'\n");

        var run = await BicepCompiler.RunAsync(
            infra.Folder, "snapshot", "main.wrong.bicepparam", "--subscription-id", "00000000-0000-0000-0000-000000000001", "--location", "northeurope");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_gateway_has_no_default()
    {
        var template = await CompiledTemplate.LoadAsync();

        Assert.Null(template.Root["parameters"]!["gateway"]!["defaultValue"]);
        Assert.Equal("Stripe", (string)Settings("prod")["Gateway__Kind"]!);
        Assert.Equal("Simulated", (string)Settings("dev")["Gateway__Kind"]!);
    }

    private JsonObject Settings(string name) => deployments.Get(name).The("Microsoft.Web/sites/config", "appsettings").Properties;
}
