using System.Net;
using System.Text.Json;
using FunctionsHost;

namespace Payments.Functions.Host.Tests;

/// <summary>The alerts of the template read error lines, so each of them has to arrive, whatever becomes of its trace.</summary>
public sealed class ErrorLogTests(RunningApp app) : IClassFixture<RunningApp>
{
    private const int Failures = 200;

    // With the exporter's defaults 5 of 200 lines arrive, and none whose parent was not recorded.
    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, "0.1")]
    [InlineData(false, "0.1")]
    [InlineData(true, "0")]
    public async Task Each_error_line_under_load_reaches_application_insights(bool hostRecords, string? ratio)
    {
        await using var insights = await IngestionSink.StartAsync();
        await using var host = await FunctionHost.StartAsync(new FunctionHostOptions
        {
            RecordsTraces = hostRecords,
            Settings = Settings(insights, ratio),
        });
        using var client = host.Client();

        await Parallel.ForAsync(0, Failures, new ParallelOptions { MaxDegreeOfParallelism = 20 }, async (_, cancellationToken) =>
        {
            var account = RunningApp.NewAccount();
            using var failed = await RunningApp.PostAsync(client, "/api/payments", account, RunningApp.Payment(account), cancellationToken: cancellationToken);
            Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        });

        // A worker that ends exports what it has.
        await host.StopAsync();
        var lines = insights.Envelopes.Where(IsFailure).ToList();
        Assert.True(lines.Count == Failures, $"{lines.Count} of {Failures} arrived, of {insights.Envelopes.Count} items. {host.Output}");
        Assert.All(lines, line => Assert.Equal("Error", line.GetProperty("data").GetProperty("baseData").GetProperty("severityLevel").GetString()));

        // The ratio goes for the spans, and each that is kept says of how many it is one.
        var spans = insights.Envelopes.Where(item => item.GetProperty("name").GetString() is "Request" or "RemoteDependency").ToList();
        Assert.True(ratio is not null || spans.Count >= Failures, $"{spans.Count} spans arrived.");
        Assert.True(ratio != "0" || spans.Count == 0, $"{spans.Count} spans arrived.");
        Assert.All(spans.Where(_ => ratio == "0.1"), span => Assert.Equal(10, span.GetProperty("sampleRate").GetDouble(), 0.001));
    }

    // Each payment fails, and leaves one line: the storage refuses a wrong key for good, which no function expects.
    private Dictionary<string, string> Settings(IngestionSink insights, string? ratio)
    {
        var key = app.Storage.Split(';').Single(part => part.StartsWith("AccountKey=", StringComparison.Ordinal));
        var settings = new Dictionary<string, string>
        {
            ["PaymentsStorage"] = app.Storage.Replace(key, $"AccountKey={Convert.ToBase64String(new byte[64])}", StringComparison.Ordinal),
            ["ServiceBusConnection"] = app.Broker,
            ["Gateway__Kind"] = "Simulated",
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = insights.ConnectionString,
            ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL"] = "true",
        };
        if (ratio is not null)
        {
            settings["OTEL_TRACES_SAMPLER"] = "microsoft.fixed_percentage";
            settings["OTEL_TRACES_SAMPLER_ARG"] = ratio;
        }

        return settings;
    }

    private static bool IsFailure(JsonElement item) => item.GetProperty("name").GetString() is "Message" or "Exception" && item.GetRawText().Contains("failed and is answered with", StringComparison.Ordinal);
}
