namespace Infra.Tests.Compiling;

public sealed class OutputTests
{
    [Fact]
    public async Task Outputs_are_names_and_addresses_only()
    {
        var template = await CompiledTemplate.LoadAsync();

        // A new output belongs here only if anybody may read it: deployment history keeps outputs for years.
        Assert.Equal(
            new[]
            {
                "API_URL", "AZURE_FUNCTION_NAME", "AZURE_LOCATION", "AZURE_RESOURCE_GROUP", "SERVICE_BUS_NAMESPACE",
                "STORAGE_ACCOUNT_NAME", "functionApp.url",
            },
            template.OutputNames.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("listKeys(")]
    [InlineData("listAccountSas(")]
    [InlineData("listServiceSas(")]
    [InlineData("listSecrets(")]
    [InlineData("SharedAccessKey")]
    [InlineData("AccountKey")]
    public async Task The_template_asks_for_no_key(string asking)
    {
        var template = await CompiledTemplate.LoadAsync();

        Assert.DoesNotContain(asking, template.Json, StringComparison.OrdinalIgnoreCase);
    }
}
