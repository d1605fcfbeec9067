using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace TestDoubles.Processes;

/// <summary>A program as it is built, in a process of its own. What it prints is read all the time, so that it never waits for a full pipe.</summary>
internal sealed class LocalProcess : IAsyncDisposable
{
    /// <summary>What ends a test that would hang; far beyond what anything takes on a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private readonly Process _process;
    private readonly string _startedWith;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<string> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LocalProcess(ProcessStartInfo start, string startedWith, Action<string>? onLine)
    {
        _startedWith = startedWith;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data, onLine);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data, onLine);
        _process.Start();
        Id = _process.Id;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id { get; }

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <param name="program">The program's assembly, in the output folder of whoever starts it.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="startedWith">What the line begins with by which it says that it has started.</param>
    /// <param name="environment">Added to the environment of this process.</param>
    /// <param name="onLine">Called with every line that it prints.</param>
    /// <param name="settingsOf">The program whose runtime settings and dependencies it is run with; null for its own.</param>
    public static LocalProcess Start(
        string program, IEnumerable<string> arguments, string startedWith, IReadOnlyDictionary<string, string>? environment = null, Action<string>? onLine = null, string? settingsOf = null)
    {
        string[] settings = settingsOf is null
            ? []
            : ["exec", "--runtimeconfig", PathOf($"{settingsOf}.runtimeconfig.json"), "--depsfile", PathOf($"{settingsOf}.deps.json")];
        string[] command = [.. InterruptibleCommand(), DotnetPath, .. settings, PathOf($"{program}.dll"), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new LocalProcess(start, startedWith, onLine);
    }

    /// <summary>The line by which it said that it has started, once it did.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task<string> StartedAsync()
    {
        var ended = _process.WaitForExitAsync();
        return await Task.WhenAny(_started.Task, ended) == ended && !_started.Task.IsCompleted
            ? throw new InvalidOperationException($"The process ended with {_process.ExitCode}: {Errors}{Output}")
            : await _started.Task;
    }

    /// <summary>SIGKILL: nothing of it runs any more, nor of what it started.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <param name="signal">The signal's name without <c>SIG</c>.</param>
    /// <param name="others">Other processes that get it too.</param>
    public async Task SignalAsync(string signal, params string[] others)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}", .. others]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>Where a file of the output folder is.</summary>
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, file);

    /// <summary>Whether a program's runtime settings and dependencies are in the output folder.</summary>
    public static bool HasSettings(string program) => File.Exists(PathOf($"{program}.deps.json")) && File.Exists(PathOf($"{program}.runtimeconfig.json"));

    // The runtime that runs this process, unless it was started by its own executable.
    private static string DotnetPath => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");

    // Under nohup, or as a job in the background, a process ignores SIGINT and so do its children, in which the runtime then installs no handler.
    // What is started here is as it would be in a terminal.
    private static string[] InterruptibleCommand() => OperatingSystem.IsLinux() && IgnoresInterrupt() ? ["env", "--default-signal=INT"] : [];

    private static bool IgnoresInterrupt()
    {
        const string Ignored = "SigIgn:";
        const ulong Interrupt = 1UL << (2 - 1);
        var mask = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Ignored, StringComparison.Ordinal))[Ignored.Length..];
        return (ulong.Parse(mask.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Interrupt) != 0;
    }

    private void Append(StringBuilder text, string? line, Action<string>? onLine)
    {
        if (line is null)
        {
            return;
        }

        lock (text)
        {
            text.AppendLine(line);
        }

        onLine?.Invoke(line);
        if (text == _output && line.StartsWith(_startedWith, StringComparison.Ordinal))
        {
            _started.TrySetResult(line);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
