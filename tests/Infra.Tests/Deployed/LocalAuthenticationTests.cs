namespace Infra.Tests.Deployed;

[Collection(DeploymentsGroup.Name)]
public sealed class LocalAuthenticationTests(Deployments deployments)
{
    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void Storage_takes_no_keys_no_anonymous_callers_and_no_old_tls(string name)
    {
        var account = deployments.Get(name).The("Microsoft.Storage/storageAccounts").Properties;
        var container = deployments.Get(name).The("Microsoft.Storage/storageAccounts/blobServices/containers").Properties;

        Assert.False((bool)account["allowSharedKeyAccess"]!);
        Assert.False((bool)account["allowBlobPublicAccess"]!);
        Assert.False((bool)account["allowCrossTenantReplication"]!);
        Assert.True((bool)account["supportsHttpsTrafficOnly"]!);
        Assert.Equal("TLS1_2", (string)account["minimumTlsVersion"]!);
        Assert.Equal("None", (string)container["publicAccess"]!);
    }

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void Service_bus_takes_no_shared_access_keys_and_no_old_tls(string name)
    {
        var bus = deployments.Get(name).The("Microsoft.ServiceBus/namespaces").Properties;

        Assert.True((bool)bus["disableLocalAuth"]!);
        Assert.Equal("1.2", (string)bus["minimumTlsVersion"]!);
        Assert.DoesNotContain(
            deployments.Get(name).Resources,
            resource => resource.Type.EndsWith("/authorizationRules", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void Telemetry_takes_no_keys(string name)
    {
        var deployment = deployments.Get(name);

        Assert.True((bool)deployment.The("Microsoft.Insights/components").Properties["DisableLocalAuth"]!);
        Assert.True((bool)deployment.The("Microsoft.OperationalInsights/workspaces").Properties["features"]!["disableLocalAuth"]!);
    }

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void The_app_has_no_publishing_password_and_speaks_only_https(string name)
    {
        var deployment = deployments.Get(name);
        var app = deployment.The("Microsoft.Web/sites").Properties;
        var policies = deployment.All("Microsoft.Web/sites/basicPublishingCredentialsPolicies");

        Assert.Equal(["ftp", "scm"], policies.Select(policy => policy.Name).Order(StringComparer.Ordinal));
        Assert.All(policies, policy => Assert.False((bool)policy.Properties["allow"]!));
        Assert.True((bool)app["httpsOnly"]!);
        Assert.Equal("1.2", (string)app["siteConfig"]!["minTlsVersion"]!);
        Assert.Equal("1.2", (string)app["siteConfig"]!["scmMinTlsVersion"]!);
    }
}
