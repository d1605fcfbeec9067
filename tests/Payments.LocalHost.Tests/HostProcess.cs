using System.Diagnostics;
using System.Text;

namespace Payments.LocalHost.Tests;

/// <summary>The local host as it is built, in a process of its own.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<Uri> _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>Starts the host on a free port, unless the arguments name one.</summary>
    public static HostProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(DotnetPath, [Path.Combine(AppContext.BaseDirectory, "Payments.LocalHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new HostProcess(start);
    }

    /// <summary>Starts the host on a free port and on a storage that outlives it, and waits until it serves.</summary>
    public static async Task<HostProcess> ServeAsync(string storage, params string[] arguments)
    {
        var host = Start(["--urls", "http://127.0.0.1:0", $"--PaymentsStorage={storage}", .. arguments]);
        await host.ServedAsync();
        return host;
    }

    /// <summary>Where the host is served, once it is.</summary>
    public async Task<Uri> ServedAsync()
    {
        var ended = _process.WaitForExitAsync();
        return await Task.WhenAny(_served.Task, ended) == ended && !_served.Task.IsCompleted
            ? throw new InvalidOperationException($"The host ended with {_process.ExitCode}: {Errors}{Output}")
            : await _served.Task;
    }

    public async Task<HttpClient> ClientAsync() => new() { BaseAddress = await ServedAsync(), Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>SIGKILL: nothing of the host runs any more.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
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

    // The runtime that runs this test.
    private static string DotnetPath => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Environment.ProcessPath!;

    private void Append(StringBuilder text, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (text)
        {
            text.AppendLine(line);
        }

        const string Served = "Payments is served on ";
        if (line.StartsWith(Served, StringComparison.Ordinal))
        {
            _served.TrySetResult(new Uri(line[Served.Length..].Split(' ')[0]));
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
