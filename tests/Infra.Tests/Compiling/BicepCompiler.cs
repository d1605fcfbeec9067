using System.Diagnostics;
using System.Reflection;

namespace Infra.Tests.Compiling;

/// <summary>The Bicep compiler from its NuGet package. It needs no network for what is asked of it here.</summary>
internal static class BicepCompiler
{
    private static readonly string Executable = typeof(BicepCompiler).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "BicepPath")
        .Value!;

    public static async Task<BicepRun> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The parameter files read these; a developer's own environment must not change what is compiled.
        foreach (var name in start.Environment.Keys.Where(IsParameter).ToList())
        {
            start.Environment.Remove(name);
        }

        // The one that has no default in prod.
        if (arguments.Contains("main.prod.bicepparam"))
        {
            start.Environment["PAYMENTS_ALERT_EMAIL"] = "on-call@example.com";
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new BicepRun(process.ExitCode, await output, await error);
    }

    private static bool IsParameter(string name) =>
        name.StartsWith("AZURE_", StringComparison.Ordinal) || name.StartsWith("PAYMENTS_", StringComparison.Ordinal) || name.StartsWith("STRIPE_", StringComparison.Ordinal);
}
