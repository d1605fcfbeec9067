using System.Diagnostics;
using Mutation.Copying;

namespace Mutation.Running;

/// <summary>Runs the test projects of a copy, each in a process of its own that is ended when it takes too long.</summary>
internal sealed class SuiteRunner(WorkingCopy copy)
{
    // A guard that is missing may make a test wait for ever. Long, since the machine may be busy, and few are.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, TimeSpan> _timeouts = [];

    /// <summary>Runs a suite as it is. It must pass, or no failure means anything.</summary>
    /// <returns>How many tests it has.</returns>
    public async Task<int> RunUnchangedAsync(string suite, CancellationToken cancellationToken)
    {
        File.Copy(typeof(SuiteRunner).Assembly.Location, Path.Combine(copy.OutputOf(suite), "Mutation.dll"), overwrite: true);
        var clock = Stopwatch.StartNew();
        _timeouts[suite] = TimeSpan.FromMinutes(10);
        var (report, hasEnded) = await RunAsync(suite, cancellationToken);
        if (report.CaughtBy(hasEnded) is { } failure)
        {
            throw new MutationException($"{suite} fails with every guard in place ({failure}): mend that first.");
        }

        _timeouts[suite] = Least + (2 * clock.Elapsed);
        return report.Total!.Value;
    }

    /// <summary>Runs a suite with another assembly in the place of a library's.</summary>
    /// <returns>The test that noticed; null where all passed.</returns>
    public async Task<string?> RunAsync(string suite, string library, byte[] assembly, CancellationToken cancellationToken)
    {
        var path = Path.Combine(copy.OutputOf(suite), library + ".dll");
        var original = await File.ReadAllBytesAsync(path, cancellationToken);
        await File.WriteAllBytesAsync(path, assembly, cancellationToken);
        try
        {
            var (report, hasEnded) = await RunAsync(suite, cancellationToken);
            return report.CaughtBy(hasEnded);
        }
        finally
        {
            await File.WriteAllBytesAsync(path, original, CancellationToken.None);
        }
    }

    private async Task<(SuiteReport Report, bool HasEnded)> RunAsync(string suite, CancellationToken cancellationToken)
    {
        var folder = copy.OutputOf(suite);

        // The host is this very assembly, run with the dependencies of the test project.
        var start = new ProcessStartInfo("dotnet", ["exec", "--depsfile", $"{suite}.deps.json", "--runtimeconfig", $"{suite}.runtimeconfig.json", "Mutation.dll", Program.TestHostCommand, suite])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new MutationException("'dotnet' could not be started.");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_timeouts[suite]);
        var report = new SuiteReport();
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
            {
                report.Read(line);
            }

            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return (report, HasEnded: false);
        }

        return report.Total is null && report.FirstFailure is null && report.Running is []
            ? throw new MutationException($"The test host of {suite} died: {await errors}")
            : (report, HasEnded: true);
    }
}
