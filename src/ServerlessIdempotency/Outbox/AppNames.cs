using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>The name that keeps the rows of apps and slots apart which share an account.</summary>
internal static partial class AppNames
{
    // Azure App Service tells a slot's app its name; the production slot is the app itself.
    private const string SlotVariable = "WEBSITE_SLOT_NAME";

    /// <summary>What the settings say, exactly; else the app's name as its host says it, with its slot. Empty where nobody says.</summary>
    public static string Of(string? configured, IServiceProvider provider)
    {
        if (configured is not null)
        {
            return configured;
        }

        var name = provider.GetService<IHostEnvironment>()?.ApplicationName ?? "";
        var slot = provider.GetService<IConfiguration>()?[SlotVariable];
        var whole = string.IsNullOrEmpty(slot) || string.Equals(slot, "Production", StringComparison.OrdinalIgnoreCase) ? name : $"{name}.{slot}";
        return NoNameCharacter().Replace(whole, "-");
    }

    /// <summary>A key of the app in a table that it may share with others.</summary>
    public static string KeyOf(string? app, string key) => string.IsNullOrEmpty(app) ? key : $"{app}~{key}";

    /// <summary>The column by which a row of a partition that apps share is known for one app's.</summary>
    public const string Column = "App";

    /// <summary>
    /// Whether a row is the app's: by its name, be it an empty one. One without the column is everybody's who finds it: builds before it wrote such rows, under notes of their app's
    /// own, and no deployment over them may leave one behind. Sent by two, it has the same id.
    /// </summary>
    public static bool Owns(string? app, Row row) => row.Values.GetValueOrDefault(Column) is not string owner || owner == (app ?? "");

    public static bool IsValid(string? name) => name is null || (name.Length <= 128 && !NoNameCharacter().IsMatch(name));

    [GeneratedRegex("[^A-Za-z0-9._-]", RegexOptions.CultureInvariant)]
    private static partial Regex NoNameCharacter();
}
