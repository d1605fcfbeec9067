using System.Text.Json.Nodes;

namespace Infra.Tests.Deployed;

[Collection(DeploymentsGroup.Name)]
public sealed class FunctionAppTests(Deployments deployments)
{
    private static readonly string[] Connections = ["AzureWebJobsStorage", "PaymentsStorage", "ServiceBusConnection"];

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void The_compiler_evaluates_the_whole_deployment_without_a_diagnostic(string name)
    {
        Assert.Empty(deployments.Get(name).Diagnostics);
    }

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void It_runs_dotnet_10_isolated_on_flex_consumption_and_deploys_by_identity(string name)
    {
        var deployment = deployments.Get(name);
        var config = deployment.The("Microsoft.Web/sites").Properties["functionAppConfig"]!;
        var identity = deployment.The("Microsoft.ManagedIdentity/userAssignedIdentities").Id;

        Assert.Equal("FC1", (string)deployment.The("Microsoft.Web/serverfarms").Body["sku"]!["name"]!);
        Assert.Equal("dotnet-isolated", (string)config["runtime"]!["name"]!);
        Assert.Equal("10.0", (string)config["runtime"]!["version"]!);
        Assert.Equal("UserAssignedIdentity", (string)config["deployment"]!["storage"]!["authentication"]!["type"]!);
        Assert.Equal(identity, (string)config["deployment"]!["storage"]!["authentication"]!["userAssignedIdentityResourceId"]!);
        Assert.Contains("'app-package'", (string)config["deployment"]!["storage"]!["value"]!, StringComparison.Ordinal);
        Assert.Equal("app-package", deployment.The("Microsoft.Storage/storageAccounts/blobServices/containers").Name);
    }

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void Its_settings_name_places_and_the_identity(string name)
    {
        var settings = Settings(name);

        string[] secrets = name is "prod" or "public" ? ["Stripe__ApiKey"] : [];
        Assert.Equal(
            new[]
            {
                "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "APPLICATIONINSIGHTS_CONNECTION_STRING", "AZURE_CLIENT_ID",
                "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential",
                "Gateway__Kind",
                "Idempotency__Lease", "Idempotency__Retention",
                "Inbox__Retention", "Inbox__Rules__LockDuration", "Inbox__Rules__MaxDeliveryCount", "Inbox__Rules__MessageTimeToLive",
                "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG",
                "PaymentsStorage__clientId", "PaymentsStorage__credential", "PaymentsStorage__tableServiceUri",
                "ServiceBusConnection__clientId", "ServiceBusConnection__credential", "ServiceBusConnection__fullyQualifiedNamespace",
            }.Concat(secrets).Order(StringComparer.Ordinal),
            settings.Select(setting => setting.Key).Order(StringComparer.Ordinal));
        Assert.All(Connections, connection =>
        {
            Assert.Equal("managedidentity", (string)settings[$"{connection}__credential"]!);
            Assert.Equal((string)settings["AZURE_CLIENT_ID"]!, (string)settings[$"{connection}__clientId"]!);
        });
        // The one sampler that host and worker both know by these settings.
        Assert.Equal("microsoft.fixed_percentage", (string)settings["OTEL_TRACES_SAMPLER"]!);
        Assert.Contains("Authorization=AAD", (string)settings["APPLICATIONINSIGHTS_AUTHENTICATION_STRING"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public void Local_settings_have_the_same_connections_and_the_same_rules(string name)
    {
        var local = Repository.ReadJson("local.settings.sample.json")["Values"]!.AsObject();
        var rules = Settings(name).Where(setting => setting.Key.StartsWith("Idempotency__", StringComparison.Ordinal)
            || setting.Key.StartsWith("Inbox__", StringComparison.Ordinal)).ToList();

        Assert.All(Connections, connection => Assert.True(local.ContainsKey(connection), connection));
        Assert.NotEmpty(rules);
        Assert.Equal("Simulated", (string?)local["Gateway__Kind"]);

        // The emulators hold a message for an hour, as dev does.
        Assert.All(rules, setting => Assert.Equal(setting.Key.EndsWith("TimeToLive", StringComparison.Ordinal) ? "01:00:00" : (string)setting.Value!, (string?)local[setting.Key]));
    }

    [Fact]
    public void Azd_finds_the_app_by_its_tag()
    {
        var tag = (string)deployments.Get("dev").The("Microsoft.Web/sites").Body["tags"]!["azd-service-name"]!;

        Assert.Contains($"\n  {tag}:\n    project: ./src/Payments.Functions\n", Repository.Read("azure.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void Production_keeps_the_ledger_in_three_zones_and_behind_a_lock()
    {
        var account = deployments.Get("prod").The("Microsoft.Storage/storageAccounts");
        var guard = deployments.Get("prod").The("Microsoft.Authorization/locks");

        Assert.Equal("Standard_ZRS", (string)account.Body["sku"]!["name"]!);
        Assert.Equal("CanNotDelete", (string)guard.Properties["level"]!);
        Assert.EndsWith(account.Name, guard.ExtendedScope, StringComparison.Ordinal);
    }

    private JsonObject Settings(string name) =>
        deployments.Get(name).The("Microsoft.Web/sites/config", "appsettings").Properties;
}
