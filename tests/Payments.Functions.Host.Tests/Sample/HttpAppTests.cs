using System.Net;
using System.Reflection;
using FunctionsHost;
using LocalAzurite;

namespace Payments.Functions.Host.Tests.Sample;

/// <summary>An app of HTTP alone (samples/HttpFunctions), which refers to <c>ServerlessIdempotency.Functions</c> and not to its part for messages.</summary>
public sealed class HttpAppTests
{
    private static readonly string Worker = typeof(HttpAppTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "HttpSample").Value!;

    [Fact]
    public async Task Its_function_runs_once_and_the_repeat_gets_the_same_bytes()
    {
        await using var azurite = await AzuriteServer.StartAsync(new AzuriteOptions(), CancellationToken.None);
        await using var host = await FunctionHost.StartAsync(new FunctionHostOptions { Worker = Worker, Settings = new Dictionary<string, string> { ["OrdersStorage"] = azurite.ConnectionString } });
        using var client = host.Client();

        using var first = await RunningApp.PostAsync(client, "/api/seats", "a", "{}");
        using var second = await RunningApp.PostAsync(client, "/api/seats", "a", "{}");
        using var other = await RunningApp.PostAsync(client, "/api/seats", "b", "{}");

        Assert.Equal("TakeSeat", Assert.Single(host.Functions).Name);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal("/api/seats: seat 1", await first.Content.ReadAsStringAsync());
        Assert.Equal("/api/seats: seat 1", await second.Content.ReadAsStringAsync());
        Assert.True(second.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("/api/seats: seat 2", await other.Content.ReadAsStringAsync());
    }

    // Guards the split of the adapter: a reference from its HTTP half to the other would bring the extension and the broker's client with it.
    [Fact]
    public async Task Nothing_of_Service_Bus_comes_with_it()
    {
        var folder = Path.GetDirectoryName(Worker)!;
        var closure = await File.ReadAllTextAsync(Path.ChangeExtension(Worker, ".deps.json"));

        Assert.Contains("ServerlessIdempotency.Functions.dll", closure, StringComparison.Ordinal);
        Assert.DoesNotContain("ServiceBus", closure, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Amqp", closure, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Directory.EnumerateFiles(folder, "*ServiceBus*", SearchOption.AllDirectories));
        Assert.DoesNotContain("serviceBus", await File.ReadAllTextAsync(Path.Combine(folder, "functions.metadata")), StringComparison.OrdinalIgnoreCase);
    }
}
