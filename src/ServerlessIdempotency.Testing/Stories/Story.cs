using System.Globalization;

namespace ServerlessIdempotency.Testing.Stories;

/// <summary>What happened in a run, as numbered sentences: a line for each stretch in which the same one acts.</summary>
internal sealed class Story
{
    // More in a row than these are told by the first and the last of them.
    private const int MostInALine = 6;
    private const int MostLines = 10;

    private readonly List<(string Who, List<string> What)> _lines = [];

    public void Add(string who, string? what, string? extra)
    {
        var text = string.Join(": ", new[] { what, extra }.Where(part => part is not null and not "arrives"));
        if (text.Length == 0)
        {
            return;
        }

        if (_lines.Count > 0 && _lines[^1].Who == who)
        {
            _lines[^1].What.Add(text);
        }
        else
        {
            _lines.Add((who, [text]));
        }
    }

    public IEnumerable<string> Lines()
    {
        string[] lines =
        [
            .. _lines.Select((line, index) => string.Create(CultureInfo.InvariantCulture, $"{index + 1,3}. {line.Who} {string.Join("; ", Shorten(line.What, MostInALine, "…"))}.")),
        ];
        return Shorten(lines, MostLines, $"  … {lines.Length - MostLines + 1} more lines …");
    }

    private static List<string> Shorten(IReadOnlyList<string> what, int most, string gap) =>
        what.Count <= most ? [.. what] : [.. what.Take(most - (most / 2)), gap, .. what.TakeLast((most / 2) - 1)];
}
