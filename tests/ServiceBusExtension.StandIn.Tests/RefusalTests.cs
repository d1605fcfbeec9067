namespace ServiceBusExtension.StandIn.Tests;

/// <summary>What is built with the stand-in is for tests: it is neither deployed nor handed on, and whoever tries is told why.</summary>
public sealed class RefusalTests
{
    private const string App = "src/Payments.Functions";

    [StandInFact]
    public Task The_function_app_is_not_published() => IsRefusedAsync("SBX002", "publish", App, "--no-build", "--configuration", Extension.Configuration);

    [StandInFact]
    public Task The_function_app_is_not_started_by_the_Functions_host() => IsRefusedAsync("SBX003", "run", "--project", App, "--no-build", "--configuration", Extension.Configuration);

    [StandInFact]
    public Task The_adapter_is_not_packed() => IsRefusedAsync("SBX001", "pack", "src/ServerlessIdempotency.Functions.ServiceBus", "--no-build", "--configuration", Extension.Configuration);

    // `func start --script-root` starts what was built, past every target of the build.
    [StandInFact]
    public Task The_worker_ends_by_itself_under_the_tools_of_the_Functions_host() => EndsByItselfAsync("FUNCTIONS_CORETOOLS_ENVIRONMENT");

    // Flex Consumption sets the last three.
    [StandInFact]
    public async Task So_it_does_in_Azure_on_every_plan()
    {
        foreach (var name in new[] { "WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME", "WEBSITE_POD_NAME", "LEGION_SERVICE_HOST" })
        {
            await EndsByItselfAsync(name);
        }
    }

    // Other containers have a name too: this one ends because it has no storage.
    [StandInFact]
    public async Task The_name_of_a_container_is_no_sign_of_Azure()
    {
        var output = await EndAsync("CONTAINER_NAME");

        Assert.DoesNotContain("stand-in", output, StringComparison.Ordinal);
        Assert.Contains("PaymentsStorage", output, StringComparison.Ordinal);
    }

    private static async Task EndsByItselfAsync(string name) => Assert.Contains("stand-in", await EndAsync(name), StringComparison.Ordinal);

    private static async Task<string> EndAsync(string name)
    {
        var program = Path.Combine(Dotnet.Root, App, "bin", Extension.Configuration, "net10.0", "Payments.Functions.dll");
        var (exitCode, output) = await Dotnet.RunAsync(Dotnet.Root, [KeyValuePair.Create(name, (string?)"true"), KeyValuePair.Create("PaymentsStorage", (string?)null)], program);

        Assert.True(exitCode != 0, name);
        return output;
    }

    private static async Task IsRefusedAsync(string code, params string[] arguments)
    {
        var (exitCode, output) = await Dotnet.RunAsync(Dotnet.Root, arguments);

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"error {code}", output, StringComparison.Ordinal);
        Assert.Contains("This feed has no Microsoft.Azure.Functions.Worker.Extensions.ServiceBus", output, StringComparison.Ordinal);
    }
}
