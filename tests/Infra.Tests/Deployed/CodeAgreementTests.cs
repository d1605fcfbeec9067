using System.Globalization;
using Payments;
using Payments.Queues;
using ServerlessIdempotency;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Sagas;

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
            PaymentsTables.All
                .Append(new IdempotencyOptions().TableName)
                .Append(new OutboxOptions().TableName)
                .Append(new SagaOptions().ParkedTable)
                .Order(StringComparer.Ordinal),
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

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void The_inbox_knows_the_queues_as_they_are_and_accepts_its_retention(string name)
    {
        var deployment = deployments.Get(name);
        var settings = deployment.The("Microsoft.Web/sites/config", "appsettings").Properties;
        var options = new InboxOptions { Retention = deployment.DurationSetting("Inbox__Retention") };
        options.Rules.LockDuration = deployment.DurationSetting("Inbox__Rules__LockDuration");
        options.Rules.MaxDeliveryCount = int.Parse((string)settings["Inbox__Rules__MaxDeliveryCount"]!, CultureInfo.InvariantCulture);
        options.Rules.MessageTimeToLive = deployment.DurationSetting("Inbox__Rules__MessageTimeToLive");
        var timeout = TimeSpan.Parse((string)Repository.ReadJson("host.json")["functionTimeout"]!, CultureInfo.InvariantCulture);

        Assert.Empty(options.Validate());
        Assert.All(deployment.All("Microsoft.ServiceBus/namespaces/queues"), queue =>
        {
            // A run ends at its time-out, and the lock of one whose process died by itself.
            Assert.Equal(timeout + ServiceBusFile.Duration(queue.Properties["lockDuration"]), options.Rules.LockDuration);
            Assert.Equal(options.Rules.MaxDeliveryCount, (int)queue.Properties["maxDeliveryCount"]!);
            Assert.Equal(options.Rules.MessageTimeToLive, ServiceBusFile.Duration(queue.Properties["defaultMessageTimeToLive"]));
            Assert.Equal(
                options.Rules.DuplicateDetectionWindow,
                ServiceBusFile.Duration(queue.Properties["duplicateDetectionHistoryTimeWindow"]));
        });
    }

    [Fact]
    public void The_queues_that_the_code_uses_are_the_queues_of_the_file()
    {
        Assert.Equal(PaymentsQueues.All.Order(StringComparer.Ordinal), ServiceBusFile.Queues.Keys.Order(StringComparer.Ordinal));
    }
}
