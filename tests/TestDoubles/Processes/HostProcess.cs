using System.Text.RegularExpressions;

namespace TestDoubles.Processes;

/// <summary>The payments app in one of its homes as it is built, in a process of its own.</summary>
public sealed partial class HostProcess : IAsyncDisposable
{
    internal const string Program = "Payments.LocalHost";

    private const string FunctionsHost = "FunctionsHost";
    private const string ServedWith = "Payments is served on ";

    private readonly LocalProcess _process;
    private readonly HostProgram _program;

    private HostProcess(LocalProcess process, HostProgram program) => (_process, _program) = (process, program);

    public int Id => _process.Id;

    public string Output => _process.Output;

    public string Errors => _process.Errors;

    /// <summary>Starts the host on the default port, unless the arguments name one.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">Added to the environment of this process.</param>
    /// <param name="onLine">Called with every line that it prints.</param>
    /// <param name="program">Which home.</param>
    public static HostProcess Start(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, Action<string>? onLine = null, HostProgram program = HostProgram.LocalHost) =>
        new(LocalProcess.Start(program == HostProgram.FunctionApp ? FunctionsHost : Program, arguments, ServedWith, environment, onLine), program);

    /// <summary>Starts the local host on a free port and on a storage that outlives it, and waits until it serves.</summary>
    public static Task<HostProcess> ServeAsync(string storage, params string[] arguments) => ServeAsync(HostProgram.LocalHost, storage, arguments);

    /// <summary>Starts a host on a free port and on a storage that outlives it, and waits until it serves.</summary>
    public static async Task<HostProcess> ServeAsync(HostProgram program, string storage, params string[] arguments)
    {
        var host = Start(["--urls", "http://127.0.0.1:0", $"--PaymentsStorage={storage}", "--Gateway:Kind=Simulated", .. arguments], program: program);
        await host.ServedAsync();
        return host;
    }

    /// <summary>Where the host is served, once it is.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task<Uri> ServedAsync() => new((await _process.StartedAsync())[ServedWith.Length..].Split(' ')[0]);

    public async Task<HttpClient> ClientAsync() => new() { BaseAddress = await ServedAsync(), Timeout = LocalProcess.Limit };

    /// <summary>SIGKILL: nothing of the host runs any more.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Sends a signal to the host; one that stops it or lets it go on is for its worker too.</summary>
    /// <param name="signal">The signal's name without <c>SIG</c>.</param>
    public Task SignalAsync(string signal) =>
        _program == HostProgram.FunctionApp && signal is ("STOP" or "CONT") ? _process.SignalAsync(signal, WorkerPattern().Match(Output).Groups[1].Value) : _process.SignalAsync(signal);

    public Task<int> ExitCodeAsync() => _process.ExitCodeAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex(@"worker is process (\d+)")]
    private static partial Regex WorkerPattern();
}
