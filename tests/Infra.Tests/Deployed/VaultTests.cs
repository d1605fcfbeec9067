namespace Infra.Tests.Deployed;

[Collection(DeploymentsGroup.Name)]
public sealed class VaultTests(Deployments deployments)
{
    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void Who_reads_it_is_decided_by_roles(string name)
    {
        var deployment = deployments.Get(name);

        Assert.True((bool)deployment.The("Microsoft.KeyVault/vaults").Properties["enableRbacAuthorization"]!);
        Assert.Equal(deployment.The("Microsoft.ManagedIdentity/userAssignedIdentities").Id, (string)deployment.The("Microsoft.Web/sites").Properties["keyVaultReferenceIdentity"]!);
    }

    [Fact]
    public void Production_can_not_lose_it()
    {
        Assert.True((bool)deployments.Get("prod").The("Microsoft.KeyVault/vaults").Properties["enablePurgeProtection"]!);
        Assert.Null(deployments.Get("dev").The("Microsoft.KeyVault/vaults").Properties["enablePurgeProtection"]);
    }

    [Fact]
    public void The_apps_settings_refer_to_its_secrets()
    {
        var deployment = deployments.Get("operated");
        var vault = deployment.The("Microsoft.KeyVault/vaults").Name;
        var settings = deployment.The("Microsoft.Web/sites/config", "appsettings").Properties;

        Assert.Equal($"@Microsoft.KeyVault(VaultName={vault};SecretName=stripe-hook)", (string)settings["Stripe__WebhookSecret"]!);
        Assert.Equal($"@Microsoft.KeyVault(VaultName={vault};SecretName=stripe-api-key)", (string)settings["Stripe__ApiKey"]!);
    }

    // Guards the condition: provisioned without a key, an empty secret would take the place of the one that is there. What a secret parameter holds is not in the evaluated template, so
    // this reads the module.
    [Fact]
    public void Without_a_key_none_is_written() =>
        Assert.Contains("'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(stripeApiKey)) {", Repository.Read("infra", "modules", "vault.bicep"), StringComparison.Ordinal);

    // A parameter that is no secret in the template is written to the deployment's history.
    [Fact]
    public void A_secret_is_handed_on_as_one()
    {
        var secret = deployments.Get("operated").The("Microsoft.KeyVault/vaults/secrets");

        Assert.Equal("[parameters('stripeApiKey')]", (string)secret.Properties["value"]!);
        Assert.Equal("stripe-api-key", secret.Name);
    }
}
