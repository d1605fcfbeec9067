using Mutation.Running;

namespace Mutation.Tests;

public sealed class SuiteReportTests
{
    [Fact]
    public void A_suite_that_passes_catches_nothing()
    {
        var report = Read("##mutation started A.x", "a test's own line", "##mutation ended A.x", "##mutation done 1");

        Assert.Null(report.CaughtBy(hasEnded: true));
        Assert.Equal(1, report.Total);
    }

    [Fact]
    public void The_first_failure_is_the_one_that_caught_it()
    {
        var report = Read("##mutation started A.x", "##mutation failed A.x", "##mutation ended A.x", "##mutation failed A.y");

        Assert.Equal("A.x", report.CaughtBy(hasEnded: true));
        Assert.Equal("A.x", report.CaughtBy(hasEnded: false));
    }

    [Fact]
    public void A_test_that_never_ends_caught_it_too()
    {
        var report = Read("##mutation started A.x", "##mutation ended A.x", "##mutation started A.y");

        Assert.Equal("A.y (it never ended)", report.CaughtBy(hasEnded: false));
        Assert.Equal("A.y (it ended the process)", report.CaughtBy(hasEnded: true));
    }

    [Fact]
    public void A_test_host_without_a_result_gives_no_verdict()
    {
        Assert.Throws<MutationException>(() => Read().CaughtBy(hasEnded: false));
        Assert.Throws<MutationException>(() => Read().CaughtBy(hasEnded: true));
        Assert.Throws<MutationException>(() => Read("##mutation done 0").CaughtBy(hasEnded: true));
    }

    [Theory]
    [InlineData("My.Space.ClaimTests.A_zombie_changes_nothing", "ClaimTests.A_zombie_changes_nothing")]
    [InlineData("My.Space.ClaimTests.A_case(text: \"a.b\", number: 1)", "ClaimTests.A_case")]
    [InlineData("Alone", "Alone")]
    public void A_test_is_named_by_class_and_method(string displayName, string name)
    {
        Assert.Equal(name, TestEvents.ShortName(displayName));
    }

    private static SuiteReport Read(params string[] lines)
    {
        var report = new SuiteReport();
        Array.ForEach(lines, report.Read);
        return report;
    }
}
