using System.Text.Json;
using System.Text.RegularExpressions;
using TestDoubles;

namespace Payments.LocalHost.Tests.Emulators;

/// <summary><c>--emulators-only</c> as the pages start it: on the well-known ports, for which the settings samples are made; where one of them is taken, on free ones.</summary>
internal sealed partial class RunningEmulators : IAsyncDisposable
{
    private const string Started = "Ctrl-C stops them.";

    private readonly HostProcess _host;
    private readonly bool _areWellKnown;

    private RunningEmulators(HostProcess host, bool areWellKnown) => (_host, _areWellKnown) = (host, areWellKnown);

    /// <param name="arguments">Added to the command line.</param>
    public static async Task<RunningEmulators> StartAsync(params string[] arguments) =>
        await TryStartAsync(arguments, areWellKnown: true)
            ?? await TryStartAsync([.. arguments, "--Emulators:Blob=0", "--Emulators:Queue=0", "--Emulators:Table=0", "--Emulators:ServiceBus=0"], areWellKnown: false)
            ?? throw new InvalidOperationException("The emulators do not start on free ports.");

    /// <summary>The values of a settings sample, exactly so on the well-known ports; else with what the emulators print laid over them.</summary>
    /// <param name="sample">The file, from the root.</param>
    /// <param name="storage">The setting that names the app's storage.</param>
    public async Task<Dictionary<string, string>> ReadSettingsAsync(string sample, string storage)
    {
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(RepositoryFolder.PathOf(sample)));
        var values = file.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString()!);
        if (!_areWellKnown)
        {
            foreach (Match setting in Setting().Matches(_host.Output))
            {
                var name = setting.Groups[1].Value == "PaymentsStorage" ? storage : setting.Groups[1].Value;
                Assert.Contains(name, values);
                values[name] = setting.Groups[2].Value.Trim();
            }
        }

        return values;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static async Task<RunningEmulators?> TryStartAsync(string[] arguments, bool areWellKnown)
    {
        var host = HostProcess.Start(["--emulators-only", .. arguments]);
        var ended = host.ExitCodeAsync();
        await Until.Async(() => Task.FromResult(host.Output), output => ended.IsCompleted || output.Contains(Started, StringComparison.Ordinal));
        if (!ended.IsCompleted)
        {
            return new RunningEmulators(host, areWellKnown);
        }

        await host.DisposeAsync();
        return null;
    }

    [GeneratedRegex(@"^  (\w+)=(.+)$", RegexOptions.Multiline)]
    private static partial Regex Setting();
}
