using System.Diagnostics;

namespace Mutation.Running;

/// <summary>A process with a <see cref="TestHost"/>.</summary>
internal sealed class TestHostProcess : IDisposable
{
    // Each run leaves its assemblies behind.
    private const int MaxRuns = 40;

    private readonly Process _process;
    private readonly Task<string> _errors;
    private int _runs;

    private TestHostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether it can run again.</summary>
    public bool IsReady { get; private set; } = true;

    /// <param name="folder">The test project's output. The host is this very assembly, run there with the test project's dependencies.</param>
    /// <param name="suite">The test project.</param>
    public static TestHostProcess Start(string folder, string suite)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", "--depsfile", $"{suite}.deps.json", "--runtimeconfig", $"{suite}.runtimeconfig.json", "Mutation.dll", Program.TestHostCommand, suite])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new TestHostProcess(Process.Start(start) ?? throw new MutationException("'dotnet' could not be started."));
    }

    /// <returns>What it said, and whether it ended by itself in time; null where the process had died before it heard of this run.</returns>
    public async Task<(SuiteReport Report, bool HasEnded)?> RunAsync(string assembly, string nearby, TimeSpan timeout, CancellationToken cancellationToken)
    {
        IsReady = false;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(timeout);
        var report = new SuiteReport();
        try
        {
            await _process.StandardInput.WriteLineAsync($"{assembly}\t{nearby}".AsMemory(), bound.Token);
            await _process.StandardInput.FlushAsync(bound.Token);
            while (await _process.StandardOutput.ReadLineAsync(bound.Token) is { } line)
            {
                if (line == TestEvents.Ready)
                {
                    IsReady = ++_runs < MaxRuns;
                    return (report, HasEnded: true);
                }

                report.Read(line);
            }
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return (report, HasEnded: false);
        }
        catch (IOException) when (_runs > 0)
        {
            return null;
        }

        // What an earlier run left behind may end the process late, for example by an exception that nothing awaits.
        return report.HasBegun
            ? (report, HasEnded: true)
            : _runs > 0 ? null : throw new MutationException($"The test host died: {await _errors}");
    }

    public void Dispose()
    {
        // Whatever its tests started ends with it.
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
