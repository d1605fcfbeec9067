namespace TestDoubles.Processes;

/// <summary>The local host as it is built, in a process of its own.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    internal const string Program = "Payments.LocalHost";

    private const string ServedWith = "Payments is served on ";

    private readonly LocalProcess _process;

    private HostProcess(LocalProcess process) => _process = process;

    public int Id => _process.Id;

    public string Output => _process.Output;

    public string Errors => _process.Errors;

    /// <summary>Starts the host on the default port, unless the arguments name one.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">Added to the environment of this process.</param>
    /// <param name="onLine">Called with every line that it prints.</param>
    public static HostProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, Action<string>? onLine = null) =>
        new(LocalProcess.Start(Program, arguments, ServedWith, environment, onLine));

    /// <summary>Starts the host on a free port and on a storage that outlives it, and waits until it serves.</summary>
    public static async Task<HostProcess> ServeAsync(string storage, params string[] arguments)
    {
        var host = Start(["--urls", "http://127.0.0.1:0", $"--PaymentsStorage={storage}", .. arguments]);
        await host.ServedAsync();
        return host;
    }

    /// <summary>Where the host is served, once it is.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task<Uri> ServedAsync() => new((await _process.StartedAsync())[ServedWith.Length..].Split(' ')[0]);

    public async Task<HttpClient> ClientAsync() => new() { BaseAddress = await ServedAsync(), Timeout = LocalProcess.Limit };

    /// <summary>SIGKILL: nothing of the host runs any more.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <param name="signal">The signal's name without <c>SIG</c>.</param>
    public Task SignalAsync(string signal) => _process.SignalAsync(signal);

    public Task<int> ExitCodeAsync() => _process.ExitCodeAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
