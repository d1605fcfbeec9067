using System.Text.Json.Nodes;

namespace Infra.Tests.Deployed;

[Collection(DeploymentsGroup.Name)]
public sealed class PrivateNetworkingTests(Deployments deployments)
{
    [Theory]
    [InlineData("dev")]
    [InlineData("public")]
    public void Without_it_nothing_of_a_network_is_deployed(string name)
    {
        var deployment = deployments.Get(name);

        Assert.DoesNotContain(deployment.Resources, resource => resource.Type.StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.Equal("Enabled", Access(deployment, "Microsoft.Storage/storageAccounts"));
        Assert.Equal("Enabled", Access(deployment, "Microsoft.ServiceBus/namespaces"));
        Assert.Equal("Enabled", Access(deployment, "Microsoft.KeyVault/vaults"));
        Assert.Null(SubnetOfApp(deployment));
    }

    [Theory]
    [InlineData("prod", "blob,table,vault")]
    [InlineData("private", "blob,table,vault")]
    [InlineData("private-premium", "blob,namespace,table,vault")]
    public void With_it_what_the_app_talks_to_is_reached_through_the_network(string name, string groups)
    {
        var deployment = deployments.Get(name);
        var endpoints = deployment.All("Microsoft.Network/privateEndpoints");

        Assert.Equal("Disabled", Access(deployment, "Microsoft.Storage/storageAccounts"));
        Assert.Equal("Deny", (string)deployment.The("Microsoft.Storage/storageAccounts").Properties["networkAcls"]!["defaultAction"]!);
        Assert.Equal("Disabled", Access(deployment, "Microsoft.KeyVault/vaults"));
        Assert.Equal("Deny", (string)deployment.The("Microsoft.KeyVault/vaults").Properties["networkAcls"]!["defaultAction"]!);
        Assert.Equal(groups, string.Join(',', endpoints
            .Select(endpoint => (string)endpoint.Properties["privateLinkServiceConnections"]![0]!["properties"]!["groupIds"]![0]!)
            .Order(StringComparer.Ordinal)));
        Assert.Equal(endpoints.Count, deployment.All("Microsoft.Network/privateDnsZones").Count);
        Assert.Equal(endpoints.Count, deployment.All("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Count);
        Assert.Equal(endpoints.Count, deployment.All("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count);
    }

    [Theory]
    [InlineData("prod")]
    [InlineData("private")]
    [InlineData("private-premium")]
    public void With_it_the_app_runs_in_the_subnet_that_is_delegated_to_flex_consumption(string name)
    {
        var deployment = deployments.Get(name);
        var network = deployment.The("Microsoft.Network/virtualNetworks");
        var subnet = Assert.Single(network.Properties["subnets"]!.AsArray(), node => (string)node!["name"]! == "app")!;

        Assert.Equal(
            "Microsoft.App/environments",
            (string)subnet["properties"]!["delegations"]![0]!["properties"]!["serviceName"]!);
        Assert.Equal($"{network.Id}/subnets/app", (string?)SubnetOfApp(deployment));
    }

    [Fact]
    public void Service_bus_stays_reachable_on_the_tier_that_has_no_private_endpoint()
    {
        Assert.Equal("Enabled", Access(deployments.Get("private"), "Microsoft.ServiceBus/namespaces"));
        Assert.Equal("Disabled", Access(deployments.Get("private-premium"), "Microsoft.ServiceBus/namespaces"));
    }

    private static string Access(Deployment deployment, string type) =>
        (string)deployment.The(type).Properties["publicNetworkAccess"]!;

    private static JsonNode? SubnetOfApp(Deployment deployment) =>
        deployment.The("Microsoft.Web/sites").Properties["virtualNetworkSubnetId"];
}
