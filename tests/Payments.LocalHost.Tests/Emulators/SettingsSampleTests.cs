using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using Azure.Messaging.ServiceBus;
using TestDoubles;

namespace Payments.LocalHost.Tests.Emulators;

/// <summary>What docs/functions.md tells a newcomer to do, with the host for tests in the place of <c>func</c>: the settings samples are used as they are.</summary>
public sealed class SettingsSampleTests
{
    private const string Folder = "samples/IdempotentFunctions";

    [Fact]
    public async Task The_function_app_makes_its_first_payment_with_the_settings_of_its_sample()
    {
        await using var emulators = await RunningEmulators.StartAsync();
        await using var app = Start(await emulators.ReadSettingsAsync("local.settings.sample.json", "PaymentsStorage"));
        var address = await app.ServedAsync();

        var smoke = new ProcessStartInfo("bash", [RepositoryFolder.PathOf("infra/emulators/smoke.sh"), address.GetLeftPart(UriPartial.Authority)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(smoke)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Until.Limit);

        Assert.True(process.ExitCode == 0, $"{await output}{await errors}");
        Assert.Contains("entries in the statement: 1", await output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_of_ones_own_takes_its_first_order_with_the_settings_beside_it()
    {
        Assert.Contains($"--emulators-only --Emulators:ServiceBusConfig={Folder}/servicebus.json\n", await File.ReadAllTextAsync(RepositoryFolder.PathOf("docs/functions.md")), StringComparison.Ordinal);
        await using var emulators = await RunningEmulators.StartAsync($"--Emulators:ServiceBusConfig={RepositoryFolder.PathOf(Folder, "servicebus.json")}");
        var settings = await emulators.ReadSettingsAsync($"{Folder}/local.settings.sample.json", "OrdersStorage");
        await using var app = Start(settings, $"--worker={typeof(SettingsSampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "Sample").Value}");
        using var client = await app.ClientAsync();

        // The two of a kind that the page shows.
        var placed = await PlaceAsync(client);
        Assert.Equal((HttpStatusCode.Created, placed.Body, true), await PlaceAsync(client) is var again ? (again.Status, again.Body, again.IsReplayed) : default);

        await using var bus = new ServiceBusClient(settings["ServiceBusConnection"]);
        await using var sender = bus.CreateSender("orders");
        await sender.SendMessageAsync(new ServiceBusMessage("two books") { MessageId = "order-1" });
        var deeds = await Until.Async(async () => (await client.GetFromJsonAsync<string[]>("/api/deeds"))!, deeds => deeds.Contains("shipped two books"));
        Assert.Single(deeds, deed => deed.StartsWith("placed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_of_queues_that_is_not_there_is_named()
    {
        await using var host = HostProcess.Start(["--emulators-only", "--Emulators:Blob=0", "--Emulators:Queue=0", "--Emulators:Table=0", "--Emulators:ServiceBus=0", "--Emulators:ServiceBusConfig=nowhere.json"]);

        Assert.Equal(1, await host.ExitCodeAsync().WaitAsync(Until.Limit));
        Assert.Contains("Emulators:ServiceBusConfig names 'nowhere.json'", Assert.Single(host.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static HostProcess Start(Dictionary<string, string> settings, params string[] arguments) =>
        HostProcess.Start(["--urls", "http://127.0.0.1:0", .. arguments, .. settings.Select(setting => $"--{setting.Key}={setting.Value}")], program: HostProgram.FunctionApp);

    private static async Task<(HttpStatusCode Status, string Body, bool IsReplayed)> PlaceAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders") { Content = new StringContent("two books"), Headers = { { "Idempotency-Key", "my-first-order" } } };
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.Contains("Idempotency-Replayed"));
    }
}
