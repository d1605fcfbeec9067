using System.Text.Json.Nodes;

namespace Infra.Tests.Deployed;

[Collection(DeploymentsGroup.Name)]
public sealed class AlertTests(Deployments deployments)
{
    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void Dead_letters_backlog_parked_work_failures_and_throttling_are_watched(string name)
    {
        Assert.Equal(
            ["backlog", "bus-throttled", "dead-letters", "failures", "parked", "storage-throttled", "unsent"],
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

    private static string Actions(DeployedResource alert) => ((JsonNode)alert.Properties["actions"]!).ToJsonString();
}
