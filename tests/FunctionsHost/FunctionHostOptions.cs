using System.Reflection;

namespace FunctionsHost;

/// <summary>What is hosted, and how.</summary>
internal sealed record FunctionHostOptions
{
    /// <summary>The payments app, as it is built.</summary>
    public static string Payments { get; } = typeof(FunctionHostOptions).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "Worker").Value!;

    /// <summary>The worker's assembly, in its own output folder.</summary>
    public string Worker { get; init; } = Payments;

    /// <summary>The app's settings, which the worker gets as its environment.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What the worker gets in the place of a setting that the host itself uses, such as another way to the broker.</summary>
    public IReadOnlyDictionary<string, string> WorkerSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>The port of 127.0.0.1 that is served; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>Whether a caller needs a key, as in Azure. On a developer's machine nobody does.</summary>
    public bool AsksForKeys { get; init; } = true;

    /// <summary>Whether the host records the traces that it starts. Where it samples, the worker's parent is one that nobody recorded.</summary>
    public bool RecordsTraces { get; init; } = true;
}
