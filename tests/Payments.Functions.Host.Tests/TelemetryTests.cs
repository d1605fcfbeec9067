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

    // Money moved is told in one line, a dead letter in another; nothing else that goes well is: ten posts, ten reads, twenty messages sent and received, with all their calls.
    [Fact]
    public async Task A_payment_leaves_one_line_a_dead_letter_one_and_reads_and_messages_that_go_well_none()
    {
        var account = RunningApp.NewAccount();
        await DeadLetterAsync(account);
        var before = app.Telemetry.Lines.Count;
        for (var turn = 0; turn < 10; turn++)
        {
            using var made = await app.PayAsync($"{account}-{turn}", RunningApp.Payment(account));
            using var read = await app.Client.GetAsync(made.Headers.Location);
            Assert.Equal((System.Net.HttpStatusCode.Created, System.Net.HttpStatusCode.OK), (made.StatusCode, read.StatusCode));
        }

        await app.UntilAsync(async () => await app.ReceiptsAsync(account) == 10, "ten events became receipts");
        await DeadLetterAsync($"{account}-last");

        Assert.Equal(
            ["Payments.Creating.CreatePaymentHandler: 10", "ServerlessIdempotency.Inbox.RedeliveryPolicy: 1"],
            app.Telemetry.Lines.Skip(before).CountBy(category => category).Select(lines => $"{lines.Key}: {lines.Value}").Order(StringComparer.Ordinal));
    }

    // Lines are exported in their order, so that all before it have come.
    private async Task DeadLetterAsync(string id)
    {
        await app.SendAsync("payments", id, RunningApp.Command($"cmd-{id}", id, type: "payment.nonsense"), id);
        await app.UntilAsync(() => Task.FromResult(app.Telemetry.Exports.Any(export => export.Path == "/v1/logs" && export.Text.Contains(id, StringComparison.Ordinal))), "its line is exported");
    }
}
