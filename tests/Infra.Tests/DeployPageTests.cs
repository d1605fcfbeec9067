using System.Globalization;
using System.Text.RegularExpressions;
using Infra.Tests.Deployed;

namespace Infra.Tests;

[Collection(DeploymentsGroup.Name)]
public sealed partial class DeployPageTests(Deployments deployments)
{
    private static readonly string Page = Repository.Read("docs", "deploy.md");

    [Fact]
    public void It_says_what_to_do_about_each_alert()
    {
        var alerts = deployments.Get("prod").Resources
            .Where(resource => resource.Type is "Microsoft.Insights/metricAlerts" or "Microsoft.Insights/scheduledQueryRules");

        Assert.All(alerts, alert => Assert.Matches($"(?m)^\\| [^|]*`{alert.Name}`", Page));
    }

    [Fact]
    public void It_names_the_retention_that_is_deployed()
    {
        var days = deployments.Get("prod").DurationSetting("Inbox__Retention").TotalDays;

        Assert.Contains($"({days} days from the first processing)", Page, StringComparison.Ordinal);
    }

    // Without it the first deployment of prod fails at its subnet.
    [Theory]
    [InlineData("## With azd")]
    [InlineData("## With az alone")]
    public void Both_ways_register_the_provider_that_the_subnet_is_delegated_to(string heading)
    {
        var provider = DelegationPattern().Match(Repository.Read("infra", "modules", "network.bicep")).Groups[1].Value;
        var section = Page.Split(heading + "\n")[1].Split("\n## ")[0];

        Assert.Contains($"az provider register --namespace {provider} --wait", section, StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_that_it_names_exist()
    {
        var files = FilePattern().Matches(Page).Select(match => match.Value).Distinct().ToList();

        Assert.Contains("infra/modules/storage.bicep", files);
        Assert.All(files, file => Assert.True(Path.Exists(Repository.PathOf(file)), file));
    }

    [Fact]
    public void The_cost_of_a_million_payments_adds_up()
    {
        var costs = Page.Split("## What a million payments cost")[1].Split("**sum**")[0];
        decimal Cost(string row) => decimal.Parse(
            Regex.Match(costs, $@"(?m)^\| {row}.*\| ([\d.]+) \|$").Groups[1].Value,
            CultureInfo.InvariantCulture);
        var shared = Cost("purge") + Cost("rows kept") + Cost("messages") + Cost("executions")
            + Cost("compute, HTTP") + Cost("compute, events");
        var sum = string.Create(CultureInfo.InvariantCulture, $"**{shared + Cost("table requests")} / {shared + Cost("… if")}**");

        Assert.Contains(sum, Page, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"serviceName: '([\w.]+)/")]
    private static partial Regex DelegationPattern();

    [GeneratedRegex(@"\binfra/[\w./-]+\w(?=[`\s])")]
    private static partial Regex FilePattern();
}
