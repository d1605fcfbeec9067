using Mutation.CommandLine;

namespace Mutation.Tests;

public sealed class ArgumentsTests
{
    [Fact]
    public void Every_argument_is_read()
    {
        var arguments = Arguments.Parse(["--only", "fence", "--only", "lease", "--own", "--list", "--folder", "copy", "--table", "table.md"]);

        Assert.Equal(["fence", "lease"], arguments.Only);
        Assert.Equal((true, true, "copy", "table.md"), (arguments.Own, arguments.List, arguments.Folder, arguments.Table));
    }

    [Theory]
    [InlineData("--what", "no argument '--what'")]
    [InlineData("--only", "--only needs a value")]
    public void What_can_not_be_read_is_named(string argument, string message)
    {
        Assert.Contains(message, Assert.Throws<MutationException>(() => Arguments.Parse([argument])).Message, StringComparison.Ordinal);
    }
}
