using System.Diagnostics;
using TestDoubles;

namespace LocalServiceBus.Tests.OfficialClient;

/// <summary>The folder of the npm client's driver, <c>tests/ServiceBusClient</c>, with its packages.</summary>
internal static class ScenarioFolder
{
    public static string Path { get; } = RepositoryFolder.PathOf("tests", "ServiceBusClient");

    /// <summary>Installs what the lock file pins, once, even when several test processes come at the same time.</summary>
    public static async Task InstallAsync()
    {
        var locked = await File.ReadAllTextAsync(System.IO.Path.Combine(Path, "package-lock.json"));
        var marker = System.IO.Path.Combine(Path, "node_modules", ".installed-lock.json");
        await using var turn = await TakeTurnAsync(System.IO.Path.Combine(Path, ".npm-ci.lock"));
        if (File.Exists(marker) && await File.ReadAllTextAsync(marker) == locked)
        {
            return;
        }

        var start = OperatingSystem.IsWindows() ? new ProcessStartInfo("cmd", "/c npm ci --no-audit --no-fund") : new ProcessStartInfo("npm", "ci --no-audit --no-fund");
        start.WorkingDirectory = Path;
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        using var npm = Process.Start(start)!;
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync();
        Assert.True(npm.ExitCode == 0, $"npm ci failed in {Path}:\n{await output}\n{await errors}");
        await File.WriteAllTextAsync(marker, locked);
    }

    /// <summary>Waits for other test processes; the file system frees the lock of one that died.</summary>
    private static async Task<FileStream> TakeTurnAsync(string file)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (i < 2400)
            {
                await Task.Delay(250);
            }
        }
    }
}
