using LocalServiceBus.Configuration;

namespace LocalServiceBus.Tests.Configuration;

/// <summary>The emulator's format: what is there is served, and what is not served is refused by name.</summary>
public sealed class EmulatorConfigurationTests
{
    [Fact]
    public async Task File_that_is_deployed_to_azure_is_served_as_it_is()
    {
        var options = EmulatorConfiguration.Load(DeployedFile);

        Assert.Equal(["payments", "payment-events", "orders"], options.Queues.Select(queue => queue.Name));
        Assert.All(options.Queues, queue =>
        {
            Assert.True(queue.RequiresSession);
            Assert.True(queue.RequiresDuplicateDetection);
            Assert.Equal(TimeSpan.FromMinutes(5), queue.DuplicateDetectionHistoryTimeWindow);
        });
        Assert.Empty(QueueOptionsCheck.Check(options.Queues));
        await using var broker = await LocalServiceBusServer.StartAsync(options);
        Assert.Equal(3, broker.Administration.ListQueues().Count);
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var queue = Assert.Single(EmulatorConfiguration.Parse(QueueWith(
            """
            "LockDuration": "PT30S", "MaxDeliveryCount": 7, "RequiresSession": true, "RequiresDuplicateDetection": true, "DuplicateDetectionHistoryTimeWindow": "PT20S",
            "DefaultMessageTimeToLive": "PT1H", "DeadLetteringOnMessageExpiration": true, "ForwardDeadLetteredMessagesTo": "dead", "ForwardTo": ""
            """)));

        Assert.Equal(("q", TimeSpan.FromSeconds(30), 7, true), (queue.Name, queue.LockDuration, queue.MaxDeliveryCount, queue.RequiresSession));
        Assert.Equal((true, TimeSpan.FromSeconds(20)), (queue.RequiresDuplicateDetection, queue.DuplicateDetectionHistoryTimeWindow));
        Assert.Equal((TimeSpan.FromHours(1), true, "dead"), (queue.DefaultMessageTimeToLive, queue.DeadLetteringOnMessageExpiration, queue.ForwardDeadLetteredMessagesTo));
    }

    [Fact]
    public void Forever_as_the_service_writes_it_is_forever() =>
        Assert.Equal(TimeSpan.MaxValue, Assert.Single(EmulatorConfiguration.Parse(QueueWith("\"DefaultMessageTimeToLive\": \"P10675199DT2H48M5.4775807S\""))).DefaultMessageTimeToLive);

    [Theory]
    [InlineData("\"EnablePartitioning\": true", "EnablePartitioning", "'q'")]
    [InlineData("\"ForwardTo\": \"elsewhere\"", "ForwardTo", "'q'")]
    [InlineData("\"lockDuration\": \"PT1M\"", "lockDuration", "'q'")]
    [InlineData("\"LockDuration\": \"1 minute\"", "LockDuration", "1 minute")]
    [InlineData("\"MaxDeliveryCount\": \"ten\"", "MaxDeliveryCount", "ten")]
    [InlineData("\"RequiresSession\": \"yes\"", "RequiresSession", "yes")]
    public void Setting_that_is_not_served_is_refused_by_name(string setting, string name, string detail)
    {
        var exception = Assert.Throws<LocalServiceBusException>(() => EmulatorConfiguration.Parse(QueueWith(setting)));
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        Assert.Contains(detail, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"UserConfig":{"Namespaces":[{"Name":"n","Queues":[],"Topics":[{"Name":"t"}]}]}}""", "Topics")]
    [InlineData("""{"UserConfig":{"Namespaces":[{"Name":"n","Queues":[]},{"Name":"m","Queues":[]}]}}""", "2 entries")]
    [InlineData("""{"UserConfig":{"Metrics":{}}}""", "Metrics")]
    [InlineData("""{"Queues":[]}""", "'Queues' of the file")]
    [InlineData("{", "no JSON")]
    public void File_that_asks_for_more_is_refused_by_name(string json, string name) =>
        Assert.Contains(name, Assert.Throws<LocalServiceBusException>(() => EmulatorConfiguration.Parse(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"LockDuration\": \"PT1S\"", "LockDuration of the queue 'q'")]
    [InlineData("\"RequiresDuplicateDetection\": true, \"DuplicateDetectionHistoryTimeWindow\": \"PT5S\"", "DuplicateDetectionHistoryTimeWindow of the queue 'q'")]
    public void Duration_below_the_services_minimum_is_taken_with_a_warning(string settings, string warning) =>
        Assert.Contains(warning, Assert.Single(QueueOptionsCheck.Check(EmulatorConfiguration.Parse(QueueWith(settings)))), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"LockDuration\": \"PT6M\"", "LockDuration of the queue 'q' is 00:06:00")]
    [InlineData("\"MaxDeliveryCount\": 0", "MaxDeliveryCount of the queue 'q' is 0")]
    [InlineData("\"ForwardDeadLetteredMessagesTo\": \"nowhere\"", "names 'nowhere'")]
    [InlineData("\"ForwardDeadLetteredMessagesTo\": \"q\"", "names the queue itself")]
    public void Value_that_can_not_be_served_is_refused_with_the_queues_name(string setting, string message) =>
        Assert.Contains(message, Assert.Throws<LocalServiceBusException>(() => QueueOptionsCheck.Check(EmulatorConfiguration.Parse(QueueWith(setting)))).Message, StringComparison.Ordinal);

    [Fact]
    public void File_that_is_not_there_is_named() =>
        Assert.Contains("nowhere.json", Assert.Throws<LocalServiceBusException>(() => EmulatorConfiguration.Load("nowhere.json")).Message, StringComparison.Ordinal);

    private static string QueueWith(string settings) =>
        $$$"""{"UserConfig":{"Namespaces":[{"Name":"n","Queues":[{"Name":"q","Properties":{{{{settings}}}}}]}]}}""";

    private static string DeployedFile
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "infra", "servicebus.json")))
            {
                folder = folder.Parent;
            }

            return Path.Combine(folder!.FullName, "infra", "servicebus.json");
        }
    }
}
