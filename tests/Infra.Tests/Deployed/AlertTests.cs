using System.Text.Json.Nodes;
using Infra.Tests.Compiling;

namespace Infra.Tests.Deployed;

[Collection(DeploymentsGroup.Name)]
public sealed class AlertTests(Deployments deployments)
{
    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void Dead_letters_backlog_parked_work_failures_and_throttling_are_watched(string name)
    {
        Assert.Equal(
            ["backlog", "bus-throttled", "dead-letters", "failures", "parked", "silent", "storage-throttled", "unsent"],
            Alerts(name).Select(alert => alert.Name).Order(StringComparer.Ordinal));
        Assert.All(Alerts(name), alert => Assert.True((bool)alert.Properties["enabled"]!));
    }

    [Fact]
    public void One_dead_letter_in_any_queue_is_enough()
    {
        var criterion = deployments.Get("prod").The("Microsoft.Insights/metricAlerts", "dead-letters")
            .Properties["criteria"]!["allOf"]!.AsArray().Single()!;

        Assert.Equal("DeadletteredMessages", (string)criterion["metricName"]!);
        Assert.Equal("GreaterThan", (string)criterion["operator"]!);
        Assert.Equal(0, (int)criterion["threshold"]!);
        Assert.Equal("EntityName", (string)criterion["dimensions"]![0]!["name"]!);
        Assert.Equal("*", (string)criterion["dimensions"]![0]!["values"]![0]!);
    }

    [Fact]
    public void Parked_work_is_found_by_the_text_that_the_library_logs()
    {
        const string Words = "needs a person's decision";
        var alert = deployments.Get("prod").The("Microsoft.Insights/scheduledQueryRules", "parked");
        var query = (string)alert.Properties["criteria"]!["allOf"]![0]!["query"]!;
        var parkings = File.ReadLines(Repository.PathOf("src", "ServerlessIdempotency", "Log.cs"))
            .Where(line => line.Contains("is parked", StringComparison.Ordinal))
            .ToList();

        Assert.Contains($"Message has \"{Words}\"", query, StringComparison.Ordinal);
        Assert.NotEmpty(parkings);
        Assert.All(parkings, line => Assert.Contains(Words, line, StringComparison.Ordinal));
        Assert.All(parkings, line => Assert.Contains("LogLevel.Error", line, StringComparison.Ordinal));
        // Nothing says that parked work was dealt with, so the alert must not close by itself.
        Assert.False((bool)alert.Properties["autoMitigate"]!);
    }

    [Fact]
    public void Unsent_messages_are_found_by_the_text_that_the_library_logs()
    {
        const string Words = "committed messages are unsent";
        var alert = deployments.Get("prod").The("Microsoft.Insights/scheduledQueryRules", "unsent");

        Assert.Contains($"Message has \"{Words}\"", (string)alert.Properties["criteria"]!["allOf"]![0]!["query"]!, StringComparison.Ordinal);
        Assert.Contains("LogLevel.Error", Assert.Single(File.ReadLines(Repository.PathOf("src", "ServerlessIdempotency", "Log.cs")), line => line.Contains(Words, StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_dead_app_is_told_by_the_line_that_a_timer_leaves_each_minute()
    {
        const string Words = "The sweep looked into";
        var query = Query("silent");

        Assert.Contains($"Message startswith \"{Words}\"", query, StringComparison.Ordinal);

        // Without groups there is a row even where no line is; by groups the absence would be no row and no alert.
        Assert.Contains("| summarize Runs = count() | where Runs == 0", query, StringComparison.Ordinal);
        Assert.Contains($"LogLevel.Information, \"{Words}", Repository.Read("src", "Payments.Functions", "Log.cs"), StringComparison.Ordinal);
        Assert.Contains("SweepOutbox([TimerTrigger(\"0 * * * * *\")]", Repository.Read("src", "Payments.Functions", "Timers", "TimerFunctions.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void Sampled_requests_count_for_as_many_as_they_stand_for()
    {
        var query = Query("failures");

        Assert.Contains("sum(ItemCount)", query, StringComparison.Ordinal);
        Assert.DoesNotContain("count()", query, StringComparison.Ordinal);
    }

    [Fact]
    public void Throttling_of_the_account_is_watched_as_that_of_a_partition()
    {
        var values = deployments.Get("prod").The("Microsoft.Insights/metricAlerts", "storage-throttled")
            .Properties["criteria"]!["allOf"]![0]!["dimensions"]![0]!["values"]!.AsArray().Select(value => (string)value!);

        Assert.Equal(["ServerBusyError", "ClientThrottlingError", "ClientAccountRequestThrottlingError", "ClientAccountBandwidthThrottlingError"], values);
    }

    [Fact]
    public void Parked_work_is_told_once_or_twice_and_never_missed()
    {
        var properties = deployments.Get("prod").The("Microsoft.Insights/scheduledQueryRules", "parked").Properties;
        var mute = ServiceBusFile.Duration(properties["muteActionsDuration"]);

        // The first look after the mute still sees what came while it lasted: the query looks back 15 minutes, by the time of arrival.
        Assert.Contains("ingestion_time() > ago(15m)", Query("parked"), StringComparison.Ordinal);
        Assert.True(mute + ServiceBusFile.Duration(properties["evaluationFrequency"]) <= TimeSpan.FromMinutes(15));
        Assert.True(mute >= TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Production_is_refused_without_somebody_to_tell()
    {
        using var infra = new InfraCopy();
        await File.WriteAllTextAsync(
            Path.Combine(infra.Folder, "main.mute.bicepparam"),
            "using 'main.bicep'\nparam environmentName = 'tests'\nparam location = 'northeurope'\nparam stage = 'prod'\nparam gateway = 'Stripe'\n");

        var run = await BicepCompiler.RunAsync(
            infra.Folder, "snapshot", "main.mute.bicepparam", "--subscription-id", "00000000-0000-0000-0000-000000000001", "--location", "northeurope");

        Assert.Contains("PAYMENTS_ALERT_EMAIL", run.Error + run.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, run.ExitCode);
    }

    [Fact]
    public void With_an_address_every_alert_tells_somebody()
    {
        var people = deployments.Get("public").The("Microsoft.Insights/actionGroups").Id;

        Assert.All(Alerts("public"), alert => Assert.Contains(people, Actions(alert), StringComparison.Ordinal));
    }

    [Fact]
    public void Without_an_address_no_action_group_is_deployed_or_named()
    {
        Assert.Empty(deployments.Get("dev").All("Microsoft.Insights/actionGroups"));
        Assert.All(Alerts("dev"), alert => Assert.DoesNotContain("actionGroups/", Actions(alert), StringComparison.Ordinal));
    }

    private IEnumerable<DeployedResource> Alerts(string name) =>
    [
        .. deployments.Get(name).All("Microsoft.Insights/metricAlerts"),
        .. deployments.Get(name).All("Microsoft.Insights/scheduledQueryRules"),
    ];

    private string Query(string alert) => (string)deployments.Get("prod").The("Microsoft.Insights/scheduledQueryRules", alert).Properties["criteria"]!["allOf"]![0]!["query"]!;

    private static string Actions(DeployedResource alert) => ((JsonNode)alert.Properties["actions"]!).ToJsonString();
}
