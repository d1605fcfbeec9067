namespace Infra.Tests.Deployed;

[Collection(DeploymentsGroup.Name)]
public sealed class RoleTests(Deployments deployments)
{
    private const string StorageBlobDataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string ServiceBusDataReceiver = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0";
    private const string ServiceBusDataSender = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39";
    private const string KeyVaultSecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
    private const string MonitoringMetricsPublisher = "3913510d-42f4-4e42-8a64-420c390055eb";

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void The_identity_has_these_roles_on_these_things_and_no_other(string name)
    {
        var deployment = deployments.Get(name);
        var account = $"Microsoft.Storage/storageAccounts/{deployment.The("Microsoft.Storage/storageAccounts").Name}";
        var bus = $"Microsoft.ServiceBus/namespaces/{deployment.The("Microsoft.ServiceBus/namespaces").Name}";
        var insights = $"Microsoft.Insights/components/{deployment.The("Microsoft.Insights/components").Name}";
        var rows = deployment.The("Microsoft.Authorization/roleDefinitions").Name;
        (string Scope, string Role)[] expected =
        [
            (account, StorageBlobDataOwner),
            .. deployment.All("Microsoft.Storage/storageAccounts/tableServices/tables")
                .Select(table => ($"{account}/tableServices/default/tables/{table.Name}", rows)),
            .. ServiceBusFile.Queues.Keys.Select(queue => ($"{bus}/queues/{queue}", ServiceBusDataReceiver)),
            .. ServiceBusFile.Queues.Keys.Select(queue => ($"{bus}/queues/{queue}", ServiceBusDataSender)),
            (insights, MonitoringMetricsPublisher),
            ($"Microsoft.KeyVault/vaults/{deployment.The("Microsoft.KeyVault/vaults").Name}", KeyVaultSecretsUser),
        ];

        var assigned = deployment.All("Microsoft.Authorization/roleAssignments")
            .Select(role => (Scope: role.ExtendedScope, Role: ((string)role.Properties["roleDefinitionId"]!).Split('/')[^1]));

        Assert.Equal(expected.Order(), assigned.Order());
    }

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void Every_role_is_the_identitys_and_every_assignment_has_its_own_name(string name)
    {
        var deployment = deployments.Get(name);
        var identity = deployment.The("Microsoft.ManagedIdentity/userAssignedIdentities").Id;
        var roles = deployment.All("Microsoft.Authorization/roleAssignments");

        Assert.All(roles, role =>
        {
            Assert.Equal($"[reference('{identity}', '2023-01-31').principalId]", (string)role.Properties["principalId"]!);
            Assert.Equal("ServicePrincipal", (string)role.Properties["principalType"]!);
        });
        Assert.Equal(roles.Count, roles.Select(role => role.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void The_role_on_tables_is_for_rows_alone(string name)
    {
        // Whoever may delete a table deletes the ledger.
        var permissions = deployments.Get(name).The("Microsoft.Authorization/roleDefinitions").Properties["permissions"]!.AsArray().Single()!;

        Assert.Empty(permissions["actions"]!.AsArray());
        Assert.Equal(
            ["read", "write", "delete"],
            permissions["dataActions"]!.AsArray().Select(action => ((string)action!).Replace("Microsoft.Storage/storageAccounts/tableServices/tables/entities/", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void Roles_are_assigned_in_one_file()
    {
        var assigning = Directory.EnumerateFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("roleAssignments@", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file));

        Assert.Equal(["roles.bicep"], assigning);
    }
}
