using System.Globalization;
using System.Text.RegularExpressions;

namespace TestDoubles.Processes;

/// <summary>The standalone broker as a process of its own.</summary>
public sealed partial class BrokerProcess : IAsyncDisposable
{
    private const string Program = "LocalServiceBus";
    private const string ServedWith = "Endpoint=";

    private readonly LocalProcess _process;

    private BrokerProcess(LocalProcess process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Id => _process.Id;

    public int Port { get; }

    /// <summary>Starts it and waits until it serves.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public static Task<BrokerProcess> StartAsync(params string[] args) => StartAsync(args, onLine: null);

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="args">Its command line.</param>
    /// <param name="onLine">Called with every line that it prints.</param>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public static async Task<BrokerProcess> StartAsync(IEnumerable<string> args, Action<string>? onLine)
    {
        var process = LocalProcess.Start(Program, args, ServedWith, onLine: onLine, settingsOf: SettingsOf);
        try
        {
            var line = await process.StartedAsync().WaitAsync(LocalProcess.Limit);
            return new BrokerProcess(process, int.Parse(PortIn().Match(line).Groups[1].Value, CultureInfo.InvariantCulture));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] args)
    {
        await using var process = LocalProcess.Start(Program, args, ServedWith, settingsOf: SettingsOf);
        var exitCode = await process.ExitCodeAsync().WaitAsync(LocalProcess.Limit);
        return (exitCode, process.Output, process.Errors);
    }

    /// <summary>SIGKILL: no handler runs.</summary>
    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    // Beside a web app the broker's packages are left to the shared framework of ASP.NET Core, which the broker's own settings don't ask for: so it runs with those of the
    // test project, or of the local host.
    private static string? SettingsOf => LocalProcess.HasSettings(HostProcess.Program)
        ? HostProcess.Program
        : Directory.EnumerateFiles(AppContext.BaseDirectory, "*.Tests.deps.json").Select(file => Path.GetFileName(file)[..^".deps.json".Length]).FirstOrDefault(LocalProcess.HasSettings);

    [GeneratedRegex(@":(\d+);")]
    private static partial Regex PortIn();
}
