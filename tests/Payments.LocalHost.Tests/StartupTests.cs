using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Payments.LocalHost.Tests;

/// <summary>What can't start says why in one sentence, with a non-zero exit code.</summary>
public sealed class StartupTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task A_busy_port_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        await AssertFailsAsync([$"--urls={url}", $"--PaymentsStorage={azurite.ConnectionString}"], $"Failed to bind to address {url}: address already in use: stop the program that listens there");
    }

    [Fact]
    public async Task A_dead_storage_is_told()
    {
        using var away = new RefusedPort();
        var dead = azurite.ConnectionString[..azurite.ConnectionString.IndexOf("TableEndpoint", StringComparison.Ordinal)] + $"TableEndpoint=http://127.0.0.1:{away.Number}/devstoreaccount1;";
        await AssertFailsAsync(["--urls=http://127.0.0.1:0", $"--PaymentsStorage={dead}"], "The storage that PaymentsStorage names can't be used:");
    }

    [Fact]
    public async Task A_missing_Node_is_told()
    {
        // The runtime that starts the host is named by its full path, so an empty PATH hides Node only.
        await AssertFailsAsync(["--urls=http://127.0.0.1:0"], "'node' was not found on the PATH: install Node.js", new Dictionary<string, string> { ["PATH"] = "/nowhere", ["PaymentsStorage"] = "" });
    }

    [Theory]
    [InlineData("--PaymentsStorage=nonsense", "The setting PaymentsStorage is no connection string")]
    [InlineData("--urls=http://0.0.0.0:7071", "would open the host to other machines")]
    [InlineData("--urls=http://*:7071", "would open the host to other machines")]
    [InlineData("--urls=http://192.0.2.1:7071", "would open the host to other machines")]
    [InlineData("--urls=ftp://127.0.0.1:7071", "is no address to serve")]
    [InlineData("--urls=nonsense", "is no address to serve")]
    [InlineData("--Kestrel:Endpoints:Open:Url=http://0.0.0.0:7071", "Kestrel:Endpoints is not used here")]
    [InlineData("--Idempotency:Lease=soon", "Failed to convert configuration value 'soon' at 'Idempotency:Lease'")]
    [InlineData("--Idempotency:Lease=00:00:00", "Idempotency:Lease is 00:00:00: set it between")]
    [InlineData("--Payments:ShardCount=257", "Payments:ShardCount is 257: set it between 1 and 256.")]
    [InlineData("--Payments:HealthTimeout=00:01:01", "Payments:HealthTimeout is 00:01:01: set it between 00:00:00.1000000 and 00:01:00.")]
    [InlineData("--RowWriter:Timeout=00:00:00", "RowWriter:Timeout is 00:00:00: set it between 00:00:00.1000000 and 00:10:00.")]
    [InlineData("--TableStorage:CallTimeout=00:11:00", "TableStorage:CallTimeout is 00:11:00: set it between 00:00:00.1000000 and 00:10:00.")]
    [InlineData("--TableStorage:CallTimeout=soon", "Failed to convert configuration value 'soon' at 'TableStorage:CallTimeout'")]
    [InlineData("--Gateway:Kind=Stripe", "Stripe:ApiKey is empty")]
    [InlineData("--Gateway:Kind=Cash", "Failed to convert configuration value 'Cash' at 'Gateway:Kind'")]
    public async Task A_bad_setting_is_named(string argument, string sentence) =>
        await AssertFailsAsync([$"--PaymentsStorage={azurite.ConnectionString}", "--urls=http://127.0.0.1:0", argument], sentence);

    private static async Task AssertFailsAsync(string[] arguments, string sentence, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var host = HostProcess.Start(arguments, environment);

        var exitCode = await host.ExitCodeAsync().WaitAsync(Until.Limit);

        Assert.True(exitCode == 1, string.Create(CultureInfo.InvariantCulture, $"Exit code {exitCode}: {host.Errors}{host.Output}"));
        Assert.Contains(sentence, host.Errors, StringComparison.Ordinal);
        Assert.Single(host.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }
}
