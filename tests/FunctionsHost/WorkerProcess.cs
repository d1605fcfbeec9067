using System.Diagnostics;
using System.Text;

namespace FunctionsHost;

/// <summary>The worker's process. What it prints is read all the time, so that it never waits for a full pipe.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output;

    private WorkerProcess(ProcessStartInfo start, StringBuilder output)
    {
        _output = output;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <param name="program">The worker's assembly.</param>
    /// <param name="host">Where the host's gRPC is served.</param>
    /// <param name="settings">Added to the environment of this process; the last of a name counts.</param>
    /// <param name="output">Gets what it prints.</param>
    public static WorkerProcess Start(string program, Uri host, IEnumerable<KeyValuePair<string, string>> settings, StringBuilder output)
    {
        var folder = Path.GetDirectoryName(program)!;
        var start = new ProcessStartInfo(Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet",
        [
            program,
            "--host", host.Host, "--port", $"{host.Port}", "--workerId", "worker", "--requestId", "request", "--grpcMaxMessageLength", "100000000",
            "--functions-uri", host.ToString(), "--functions-worker-id", "worker", "--functions-request-id", "request", "--functions-grpc-max-message-length", "100000000",
        ])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = folder;
        start.Environment["FUNCTIONS_WORKER_DIRECTORY"] = folder;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new WorkerProcess(start, output);
    }

    public Task ExitAsync() => _process.WaitForExitAsync();

    /// <summary>SIGKILL: nothing of it runs any more.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM.</summary>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(patience);
        return ExitCode;
    }

    public void Dispose() => _process.Dispose();

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
