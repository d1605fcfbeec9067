using Mutation.Guards;

namespace Mutation.Tests;

public sealed class SnippetTests
{
    private static readonly Guard Guard = new(1, "a guard", "src/A/B.cs", "if (stale) { return; }", "// nothing");

    [Fact]
    public void The_guard_is_replaced_and_everything_else_stays()
    {
        Assert.Equal("before;\n// nothing\nafter;\n", Snippet.TakeOut("before;\nif (stale) { return; }\nafter;\n", Guard));
    }

    [Fact]
    public void Line_breaks_and_indentation_do_not_matter()
    {
        Assert.Equal("    // nothing\n", Snippet.TakeOut("    if (stale)\n    {\n        return;\n    }\n", Guard));
    }

    [Theory]
    [InlineData("if (fresh) { return; }", 0)]
    [InlineData("if (stale) { return; } if (stale) { return; }", 2)]
    public void A_guard_that_is_not_there_once_is_an_error_that_names_it(string source, int count)
    {
        var exception = Assert.Throws<MutationException>(() => Snippet.TakeOut(source, Guard));

        Assert.Contains($"'a guard': its snippet is {count} times in src/A/B.cs", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_a_meaning_in_patterns_is_taken_as_it_is_written()
    {
        var guard = Guard with { Snippet = "a[0] ?? (b.c | d)", Replacement = "$1 \\0" };

        Assert.Equal("x = $1 \\0;", Snippet.TakeOut("x = a[0] ?? (b.c | d);", guard));
        Assert.Equal(0, Snippet.Count("x = a[0] ?? (bXc | d);", guard));
    }

    [Fact]
    public void A_guard_belongs_to_the_library_of_its_file()
    {
        Assert.Equal("A", Guard.Library);
    }
}
