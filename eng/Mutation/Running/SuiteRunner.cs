using System.Diagnostics;
using Mutation.Copying;
using Mutation.Guards;

namespace Mutation.Running;

/// <summary>Runs the test projects of a copy, each in a process of its own that is replaced when a test hangs in it.</summary>
internal sealed class SuiteRunner(WorkingCopy copy) : IDisposable
{
    // A guard that is missing may make a test wait for ever. Long, since the machine may be busy, and few are.
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, TimeSpan> _timeouts = [];
    private readonly Dictionary<string, TestHostProcess> _hosts = [];

    /// <summary>Runs a suite as it is, twice in one process. It must pass both times, or no failure means anything.</summary>
    /// <returns>How many tests it has.</returns>
    public async Task<int> RunUnchangedAsync(string suite, CancellationToken cancellationToken)
    {
        File.Copy(typeof(SuiteRunner).Assembly.Location, Path.Combine(copy.OutputOf(suite), "Mutation.dll"), overwrite: true);
        var total = 0;
        for (var round = 1; round <= 2; round++)
        {
            var clock = Stopwatch.StartNew();
            var (report, hasEnded) = await RunAsync(suite, assembly: "", nearby: "", TimeSpan.FromMinutes(10), cancellationToken);
            if (report.CaughtBy(hasEnded) is { } failure)
            {
                throw new MutationException($"{suite} fails with every guard in place, round {round} ({failure}): correct that first.");
            }

            _timeouts[suite] = Least + (2 * clock.Elapsed);
            total = report.Total!.Value;
        }

        return total;
    }

    /// <summary>Runs a suite with another assembly in the place of a library's.</summary>
    /// <param name="suite">The test project.</param>
    /// <param name="guard">The guard that the assembly does without.</param>
    /// <param name="assembly">The library without the guard, or the program's settings file.</param>
    /// <param name="cancellationToken">Stops the test host.</param>
    /// <returns>The test that noticed; null where all passed.</returns>
    public async Task<string?> RunAsync(string suite, Guard guard, string assembly, CancellationToken cancellationToken)
    {
        if (guard.IsOfProgram)
        {
            return await RunWithProgramAsync(suite, guard, assembly, cancellationToken);
        }

        var (report, hasEnded) = await RunAsync(suite, assembly, guard.Nearby, _timeouts[suite], cancellationToken);
        return report.CaughtBy(hasEnded);
    }

    // In its own output folder, from which the tests start it. Never written over: a process that is still ending may have it open.
    private async Task<string?> RunWithProgramAsync(string suite, Guard guard, string assembly, CancellationToken cancellationToken)
    {
        var replaced = copy.PathOf($"src/{guard.Library}/bin/Debug/net10.0/{Path.GetFileName(assembly)}");
        var kept = $"{replaced}.kept";
        File.Move(replaced, kept);
        try
        {
            File.Copy(assembly, replaced);
            var (report, hasEnded) = await RunAsync(suite, assembly: "", guard.Nearby, _timeouts[suite], cancellationToken);
            return report.CaughtBy(hasEnded);
        }
        finally
        {
            File.Move(kept, replaced, overwrite: true);
        }
    }

    public void Dispose()
    {
        foreach (var host in _hosts.Values)
        {
            host.Dispose();
        }
    }

    private async Task<(SuiteReport Report, bool HasEnded)> RunAsync(string suite, string assembly, string nearby, TimeSpan timeout, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await HostOf(suite).RunAsync(assembly, nearby, timeout, cancellationToken) is { } run)
            {
                return run;
            }
        }
    }

    private TestHostProcess HostOf(string suite)
    {
        if (_hosts.TryGetValue(suite, out var host))
        {
            if (host.IsReady)
            {
                return host;
            }

            host.Dispose();
        }

        return _hosts[suite] = TestHostProcess.Start(copy.OutputOf(suite), suite);
    }
}
