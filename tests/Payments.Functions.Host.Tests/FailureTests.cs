using System.Net;
using FunctionsHost;

namespace Payments.Functions.Host.Tests;

/// <summary>Functions that fail. The worker answers 200 for them unless a middleware does better, and the host makes an empty 500 of it.</summary>
public sealed class FailureTests(RunningApp app) : IClassFixture<RunningApp>
{
    // Guards the order of Program.cs: before ConfigureFunctionsWebApplication the middleware would find no request to answer.
    [Fact]
    public async Task A_request_whose_function_fails_is_answered_with_a_problem()
    {
        // The storage refuses a wrong key for good, which no function expects.
        var key = app.Storage.Split(';').Single(part => part.StartsWith("AccountKey=", StringComparison.Ordinal));
        await using var host = await FunctionHost.StartAsync(new FunctionHostOptions
        {
            Settings = new Dictionary<string, string>
            {
                ["PaymentsStorage"] = app.Storage.Replace(key, $"AccountKey={Convert.ToBase64String(new byte[64])}", StringComparison.Ordinal),
                ["ServiceBusConnection"] = app.Broker,
                ["Gateway__Kind"] = "Simulated",
            },
        });
        using var client = host.Client();
        var account = RunningApp.NewAccount();

        using var failed = await RunningApp.PostAsync(client, "/api/payments", account, RunningApp.Payment(account));

        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal("application/problem+json", failed.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("AccountKey", await failed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
