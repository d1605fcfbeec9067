using TestDoubles;

namespace Payments.Functions.Host.Tests.Sample;

/// <summary>What docs/functions.md shows is what runs here.</summary>
public sealed class DocsTests
{
    [Fact]
    public void Every_line_of_the_page_is_one_of_the_sample()
    {
        var page = File.ReadAllLines(RepositoryFolder.PathOf("docs", "functions.md"));
        var quoted = page.SkipWhile(line => line != "## In an app of your own").TakeWhile(line => !line.StartsWith("Of several calls", StringComparison.Ordinal)).ToArray();
        var sample = new[] { "Program.cs", "Orders.cs" }.SelectMany(file => File.ReadAllLines(RepositoryFolder.PathOf("samples", "IdempotentFunctions", file))).ToHashSet(StringComparer.Ordinal);
        var code = LinesOfCode(quoted);

        Assert.True(code.Count > 25, $"The page shows {code.Count} lines.");
        Assert.All(code, line => Assert.Contains(line, sample));
    }

    [Fact]
    public void Every_line_about_batches_is_one_of_the_sample()
    {
        var page = File.ReadAllLines(RepositoryFolder.PathOf("docs", "functions.md"));
        var code = LinesOfCode([.. page.SkipWhile(line => line != "## Batches").TakeWhile(line => !line.StartsWith("## Where packages", StringComparison.Ordinal))]);
        var sample = File.ReadAllLines(RepositoryFolder.PathOf("samples", "IdempotentFunctions", "Entries.cs")).ToHashSet(StringComparer.Ordinal);

        Assert.True(code.Count > 4, $"The page shows {code.Count} lines.");
        Assert.All(code, line => Assert.Contains(line, sample));
    }

    private static List<string> LinesOfCode(string[] lines)
    {
        var code = new List<string>();
        var isCode = false;
        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isCode = !isCode;
            }
            else if (isCode)
            {
                code.Add(line);
            }
        }

        return code;
    }
}
