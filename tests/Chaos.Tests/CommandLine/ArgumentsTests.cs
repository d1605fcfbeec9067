using Chaos.CommandLine;
using TestDoubles.Processes;

namespace Chaos.Tests.CommandLine;

public sealed class ArgumentsTests
{
    [Fact]
    public void Every_argument_is_read()
    {
        var arguments = Arguments.Parse(["--minutes", "2.5", "--seed", "-7", "--host", "functions", "--instances", "2", "--clients", "16", "--disturb", "3", "--logs", "here"]);

        Assert.Equal(new Arguments { Minutes = 2.5, Seed = -7, Host = HostProgram.FunctionApp, Instances = 2, Clients = 16, Disturb = 3, Logs = "here" }, arguments);
    }

    [Theory]
    [InlineData("--minutes", "0", "--minutes is '0': it takes a number from 0.1 to 240.")]
    [InlineData("--minutes", "soon", "--minutes is 'soon': it takes a number from 0.1 to 240.")]
    [InlineData("--seed", "1.5", "--seed is '1.5': it takes a whole number from -2147483648 to 2147483647.")]
    [InlineData("--host", "azure", "--host is 'azure': it takes local or functions.")]
    [InlineData("--instances", "9", "--instances is '9': it takes a whole number from 1 to 8.")]
    [InlineData("--clients", "0", "--clients is '0': it takes a whole number from 1 to 64.")]
    [InlineData("--minute", "1", "There is no argument '--minute'. See --help.")]
    public void What_makes_no_sense_is_refused_by_name(string name, string value, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentsException>(() => Arguments.Parse([name, value])).Message);

    [Fact]
    public void An_argument_without_its_value_is_refused() =>
        Assert.Equal("--minutes is '': it takes a number from 0.1 to 240.", Assert.Throws<ArgumentsException>(() => Arguments.Parse(["--minutes"])).Message);
}
