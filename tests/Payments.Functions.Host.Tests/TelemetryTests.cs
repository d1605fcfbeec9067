using System.Net;
using FunctionsHost;

namespace Payments.Functions.Host.Tests;

public sealed class TelemetryTests(RunningApp app) : IClassFixture<RunningApp>
{
    // Its only line says that the broker took longer than a function waits for it, as on a machine that does much else it may.
    private const string SlowMachine = "Payments.Functions.Startup.OutboxMiddleware";

    [Fact]
    public async Task No_key_of_a_caller_leaves_the_app_in_logs_traces_or_metrics()
    {
        var account = RunningApp.NewAccount();
        string[] secrets = [FunctionKeys.OfHost, FunctionKeys.Master, FunctionKeys.Of("CreatePayment"), .. SecretsOf(app.Storage), .. SecretsOf(app.Broker)];
        using var anonymous = app.Host.Client(key: null);
        foreach (var (number, key) in secrets[..3].Index())
        {
            using var inQuery = await RunningApp.PostAsync(anonymous, $"/api/payments?code={key}", $"{account}-{number}", RunningApp.Payment(account));
            using var byHeader = app.Host.Client(key);
            using var again = await RunningApp.PostAsync(byHeader, "/api/payments", $"{account}-{number}", RunningApp.Payment(account));
            using var refused = await RunningApp.PostAsync(anonymous, $"/api/payments?code={key}", $"{account}-bad", "no JSON");
            Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.BadRequest), (inQuery.StatusCode, again.StatusCode, refused.StatusCode));
        }

        // Where storage and broker are away, what they are reached by is at hand for whoever logs a failure.
        app.ToStorage.Cut();
        app.ToBroker.Cut();
        using (var away = await RunningApp.PostAsync(anonymous, $"/api/payments?code={FunctionKeys.OfHost}", $"{account}-away", RunningApp.Payment(account)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        }

        app.ToStorage.Restore();
        app.ToBroker.Restore();
        await app.SendAsync("payments", account, RunningApp.Command($"cmd-{account}", account, type: "payment.nonsense"), account);
        await app.DeadLetterAsync("payments", account);

        // A dead letter is logged, and told by its message id: what came before it has been exported then too. Spans and metrics are told by what only the last call leaves.
        await app.UntilAsync(() => Task.FromResult(app.Telemetry.Exports.Any(export => export.Path == "/v1/logs" && export.Text.Contains(account, StringComparison.Ordinal))), "the logs are exported");
        await app.UntilAsync(() => Task.FromResult(app.Telemetry.Exports.Any(export => export.Path == "/v1/traces" && export.Text.Contains("ReceivePayment", StringComparison.Ordinal))), "the traces are exported");
        await app.UntilAsync(() => Task.FromResult(app.Telemetry.Exports.Any(export => export.Path == "/v1/metrics" && export.Text.Contains("http.server.request.duration", StringComparison.Ordinal))), "metrics are exported");

        foreach (var secret in secrets)
        {
            Assert.All(app.Telemetry.Exports, export => Assert.DoesNotContain(secret, export.Text, StringComparison.Ordinal));
            Assert.DoesNotContain(secret, app.Host.Output, StringComparison.Ordinal);
        }

        Assert.NotEmpty(app.Host.Lines);

        // Nor do the framework's lines of each request and each call.
        string[] framework = ["Microsoft.AspNetCore.Hosting", "System.Net.Http", "Azure"];
        Assert.DoesNotContain(app.Telemetry.Lines.Concat(app.Host.Lines.Select(line => line.Category)), category => framework.Any(name => category.StartsWith(name, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> SecretsOf(string connectionString) =>
        connectionString.Split(';').Where(part => part.StartsWith("AccountKey=", StringComparison.Ordinal) || part.StartsWith("SharedAccessKey=", StringComparison.Ordinal)).Select(part => part[(part.IndexOf('=') + 1)..]);

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
            Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (made.StatusCode, read.StatusCode));
        }

        await app.UntilAsync(async () => await app.ReceiptsAsync(account) == 10, "ten events became receipts");
        await DeadLetterAsync($"{account}-last");

        Assert.Equal(
            ["Payments.Creating.CreatePaymentHandler: 10", "ServerlessIdempotency.Inbox.RedeliveryPolicy: 1"],
            app.Telemetry.Lines.Skip(before).Where(category => category != SlowMachine).CountBy(category => category).Select(lines => $"{lines.Key}: {lines.Value}").Order(StringComparer.Ordinal));
    }

    // Lines are exported in their order, so that all before it have come.
    private async Task DeadLetterAsync(string id)
    {
        await app.SendAsync("payments", id, RunningApp.Command($"cmd-{id}", id, type: "payment.nonsense"), id);
        await app.UntilAsync(() => Task.FromResult(app.Telemetry.Exports.Any(export => export.Path == "/v1/logs" && export.Text.Contains(id, StringComparison.Ordinal))), "its line is exported");
    }
}
