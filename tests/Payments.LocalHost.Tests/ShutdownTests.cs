using System.Diagnostics;
using System.Globalization;

namespace Payments.LocalHost.Tests;

/// <summary>The host with an Azurite of its own: whichever way it ends, no child process stays.</summary>
public sealed class ShutdownTests
{
    [Theory]
    [InlineData("TERM", 0)]
    [InlineData("INT", 0)]
    [InlineData("KILL", 137)]
    public async Task No_child_outlives_the_host(string signal, int exitCode)
    {
        await using var host = HostProcess.Start(["--urls=http://127.0.0.1:0"], new Dictionary<string, string> { ["PaymentsStorage"] = "" });
        using var client = await host.ClientAsync();
        using (var made = await client.PostAsync("/api/payments", "k-1", Api.Order("acct-1", "pm_ok")))
        {
            Assert.True(made.IsSuccessStatusCode);
        }

        Assert.Contains("Idempotency-Key: my-first-payment", host.Output, StringComparison.Ordinal);
        var children = ChildrenOf(host.Id);
        Assert.NotEmpty(children);

        await host.SignalAsync(signal);

        Assert.Equal(exitCode, await host.ExitCodeAsync().WaitAsync(Until.Limit));
        Assert.Equal("", host.Errors);
        foreach (var child in children)
        {
            using (child)
            {
                await child.WaitForExitAsync().WaitAsync(Until.Limit);
            }
        }
    }

    // The parent is the fourth field of a process's stat, behind its name in parentheses.
    private static List<Process> ChildrenOf(int parent) => [.. Process.GetProcesses().Where(process =>
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process.Id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture) == parent;
        }
        catch (IOException)
        {
            return false;
        }
    })];
}
