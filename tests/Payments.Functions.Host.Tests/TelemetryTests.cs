using FunctionsHost;

namespace Payments.Functions.Host.Tests;

public sealed class TelemetryTests(RunningApp app) : IClassFixture<RunningApp>
{
    [Fact]
    public async Task No_key_of_a_caller_leaves_the_app_in_logs_traces_or_metrics()
    {
        var account = RunningApp.NewAccount();
        using var anonymous = app.Host.Client(key: null);
        using (var response = await RunningApp.PostAsync(anonymous, $"/api/payments?code={FunctionKeys.OfHost}", account, RunningApp.Payment(account)))
        {
            Assert.True(response.IsSuccessStatusCode);
        }

        await app.SendAsync("payments", account, RunningApp.Command($"cmd-{account}", account, type: "payment.nonsense"), account);
        await app.DeadLetterAsync("payments", account);

        // A dead letter is logged, and told by its message id: what came before it has been exported then too.
        await app.UntilAsync(() => Task.FromResult(app.Telemetry.Exports.Any(export => export.Path == "/v1/logs" && export.Text.Contains(account, StringComparison.Ordinal))), "the logs are exported");
        await app.UntilAsync(() => Task.FromResult(app.Telemetry.Exports.Any(export => export.Path == "/v1/traces")), "traces are exported");

        Assert.All(app.Telemetry.Exports, export => Assert.DoesNotContain(FunctionKeys.OfHost, export.Text, StringComparison.Ordinal));
        Assert.DoesNotContain(FunctionKeys.OfHost, app.Host.Output, StringComparison.Ordinal);

        // Nor do the framework's lines of each request and each call.
        Assert.All(app.Telemetry.Exports.Where(export => export.Path == "/v1/logs"), export =>
        {
            Assert.DoesNotContain("Microsoft.AspNetCore.Hosting", export.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("System.Net.Http.HttpClient", export.Text, StringComparison.Ordinal);
        });
    }
}
