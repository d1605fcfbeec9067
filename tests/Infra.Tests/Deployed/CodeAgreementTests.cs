using Payments;
using ServerlessIdempotency;

namespace Infra.Tests.Deployed;

[Collection(DeploymentsGroup.Name)]
public sealed class CodeAgreementTests(Deployments deployments)
{
    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void The_tables_that_the_code_uses_are_the_tables_that_are_deployed(string name)
    {
        // The app has no right to make a table: one that is missing in main.bicep fails only in Azure.
        Assert.Equal(
            PaymentsTables.All.Append(new IdempotencyOptions().TableName).Order(StringComparer.Ordinal),
            deployments.Get(name).All("Microsoft.Storage/storageAccounts/tableServices/tables")
                .Select(table => table.Name)
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void The_library_accepts_the_durations_that_are_deployed(string name)
    {
        var options = new IdempotencyOptions
        {
            Lease = deployments.Get(name).DurationSetting("Idempotency__Lease"),
            Retention = deployments.Get(name).DurationSetting("Idempotency__Retention"),
        };

        Assert.Empty(options.Validate());
    }
}
