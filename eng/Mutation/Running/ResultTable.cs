using System.Text;

namespace Mutation.Running;

/// <summary>The table of guards and the tests that caught them, as Markdown.</summary>
internal static class ResultTable
{
    public static string Write(IReadOnlyList<GuardResult> results)
    {
        var table = new StringBuilder("| law | guard taken out | where | test that caught it |\n| --- | --- | --- | --- |\n");
        foreach (var result in results)
        {
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {result.Guard.Law} | {result.Guard.Name} | `{Path.GetFileNameWithoutExtension(result.Guard.File)}` | {Verdict(result)} |\n");
        }

        return table.ToString();
    }

    private static string Verdict(GuardResult result) => result switch
    {
        { Fault: { } fault } => $"**not applied**: {fault}",
        { CaughtBy: { } test } => test.Replace('_', ' ').Split('.', 2) is [var type, var name] ? $"{type}: {name}" : test,
        _ => "**none**",
    };
}
