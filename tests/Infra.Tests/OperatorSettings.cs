using System.Text.RegularExpressions;

namespace Infra.Tests;

/// <summary>The settings that the docs tell operators of, as an app's environment has them.</summary>
internal static partial class OperatorSettings
{
    private const string Sections = "Gateway|Idempotency|Inbox|Orders|Outbox|Payments|RowWriter|Sagas|Smtp|Stripe|TableStorage";

    private static readonly string[] Pages = ["README.md", "docs/deploy.md", "docs/functions.md"];

    /// <summary>Those that the pages name with two underscores and, in the README's table, with a colon.</summary>
    public static IReadOnlyList<string> Named { get; } =
    [
        .. Pages.SelectMany(page => EnvironmentPattern().Matches(Repository.Read(page)).Select(match => match.Value))
            .Concat(TablePattern().Matches(Repository.Read("README.md")).Select(match => match.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal)))
            .Distinct(),
    ];

    [GeneratedRegex(@"\b(?:" + Sections + @")__\w*\w\b")]
    private static partial Regex EnvironmentPattern();

    [GeneratedRegex(@"(?m)^\| `((?:" + Sections + @"):[\w:]+)`")]
    private static partial Regex TablePattern();
}
