using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace ServerlessIdempotency.Functions.Settings;

/// <summary>What host.json says that idempotency depends on.</summary>
/// <param name="FunctionTimeout">After which the host stops a function; null where it never does.</param>
/// <param name="AutoCompleteMessages">Whether the host completes messages unless a trigger says otherwise.</param>
internal sealed record HostSettings(TimeSpan? FunctionTimeout, bool AutoCompleteMessages)
{
    /// <summary>The most messages that a batched function is given. Default 1,000, as the host's.</summary>
    public int MaxMessageBatchSize { get; init; } = 1_000;

    /// <summary>The fewest messages that the host waits for before it begins a batch. Default 1, as the host's.</summary>
    public int MinMessageBatchSize { get; init; } = 1;

    /// <summary>What holds where host.json says nothing: 30 minutes, as on every plan but <see cref="Consumption"/>.</summary>
    public static HostSettings Default { get; } = new(TimeSpan.FromMinutes(30), AutoCompleteMessages: true);

    /// <summary>The same on the old Consumption plan, whose functions end after 5 minutes.</summary>
    public static HostSettings Consumption { get; } = Default with { FunctionTimeout = TimeSpan.FromMinutes(5) };

    // As the host tells its plans apart.
    private const string PlanSetting = "WEBSITE_SKU";
    private const string ConsumptionPlan = "Dynamic";

    /// <summary>The section of app settings by which the host overrides host.json: <c>AzureFunctionsJobHost__functionTimeout</c> and the like.</summary>
    private const string OverridingSection = "AzureFunctionsJobHost";

    /// <param name="path">The file; where there is none the defaults hold.</param>
    /// <param name="configuration">The app's settings, which the host lays over the file.</param>
    /// <exception cref="InvalidOperationException">It can't be read.</exception>
    public static HostSettings Read(string path, IConfiguration configuration)
    {
        var plan = configuration[PlanSetting] == ConsumptionPlan ? Consumption : Default;
        var file = File.Exists(path) ? Parse(File.ReadAllBytes(path), plan) : plan;
        var section = configuration.GetSection(OverridingSection);
        try
        {
            return new HostSettings(
                section["functionTimeout"] is { Length: > 0 } timeout ? ParseTimeout(timeout) : file.FunctionTimeout,
                section["extensions:serviceBus:autoCompleteMessages"] is { Length: > 0 } completes ? bool.Parse(completes) : file.AutoCompleteMessages)
            {
                MaxMessageBatchSize = section["extensions:serviceBus:maxMessageBatchSize"] is { Length: > 0 } size ? int.Parse(size, CultureInfo.InvariantCulture) : file.MaxMessageBatchSize,
                MinMessageBatchSize = section["extensions:serviceBus:minMessageBatchSize"] is { Length: > 0 } least ? int.Parse(least, CultureInfo.InvariantCulture) : file.MinMessageBatchSize,
            };
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new InvalidOperationException($"A setting {OverridingSection}__… can't be read: {exception.Message}", exception);
        }
    }

    /// <param name="utf8Json">The file.</param>
    /// <param name="plan">What holds where it says nothing; null for <see cref="Default"/>.</param>
    /// <exception cref="InvalidOperationException">It can't be read.</exception>
    public static HostSettings Parse(ReadOnlyMemory<byte> utf8Json, HostSettings? plan = null)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var root = document.RootElement;
            var timeout = (plan ?? Default).FunctionTimeout;
            if (Find(root, "functionTimeout")?.GetString() is { } text)
            {
                timeout = ParseTimeout(text);
            }

            return new HostSettings(timeout, Find(root, "extensions", "serviceBus", "autoCompleteMessages")?.GetBoolean() ?? Default.AutoCompleteMessages)
            {
                MaxMessageBatchSize = Find(root, "extensions", "serviceBus", "maxMessageBatchSize")?.GetInt32() ?? Default.MaxMessageBatchSize,
                MinMessageBatchSize = Find(root, "extensions", "serviceBus", "minMessageBatchSize")?.GetInt32() ?? Default.MinMessageBatchSize,
            };
        }
        catch (Exception exception) when (exception is JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            throw new InvalidOperationException($"host.json can't be read: {exception.Message}", exception);
        }
    }

    private static TimeSpan? ParseTimeout(string text) => text == "-1" ? null : TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    // The host reads host.json as configuration, whose names have no case.
    private static JsonElement? Find(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var found = false;
            foreach (var member in element.EnumerateObject())
            {
                if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    element = member.Value;
                    found = true;
                    break;
                }
            }

            if (!found)
            {
                return null;
            }
        }

        return element;
    }
}
