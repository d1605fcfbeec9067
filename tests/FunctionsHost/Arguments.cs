using System.Globalization;

namespace FunctionsHost;

/// <summary>The command line: which worker to start, where to serve, how often to run the timers, and the app's settings as ASP.NET Core takes them (<c>--Section:Name=value</c>, or <c>--Name value</c>).</summary>
internal sealed record Arguments(string? Worker, int Port, TimeSpan? Timers, IReadOnlyDictionary<string, string> Settings)
{
    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < args.Count; index++)
        {
            var parts = args[index].TrimStart('-').Split('=', 2);
            settings[parts[0].Replace(":", "__", StringComparison.Ordinal)] = parts.Length == 2 ? parts[1] : args[++index];
        }

        settings.Remove("urls", out var url);
        settings.Remove("timers", out var timers);
        settings.Remove("worker", out var worker);
        return new Arguments(worker, url is null ? 0 : new Uri(url).Port, timers is null ? null : TimeSpan.Parse(timers, CultureInfo.InvariantCulture), settings);
    }
}
