using System.Diagnostics;

namespace ServiceBusExtension.StandIn.Tests;

/// <summary>Runs the command line as a person at a folder would.</summary>
internal static class Dotnet
{
    public static string Root { get; } = FindRoot();

    public static Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] arguments) => RunAsync(folder, environment: null, arguments);

    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, IEnumerable<KeyValuePair<string, string?>>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // What the test run itself was told must not reach another build.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(texts));
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ServerlessIdempotency.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("No folder above the test assembly holds ServerlessIdempotency.sln.");
    }
}
