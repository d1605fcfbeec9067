using Mutation.Guards;

namespace Mutation.Tests;

/// <summary>The list of guards follows the code: where one was changed or moved, this fails long before the next mutation run.</summary>
public sealed class GuardListTests
{
    public static TheoryData<string> Names() => [.. GuardList.All.Select(guard => guard.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_guard_is_in_the_sources_once(string name)
    {
        var guard = GuardList.All.Single(guard => guard.Name == name);

        Assert.Equal(1, Snippet.Count(File.ReadAllText(Path.Combine(Repository.Root, guard.File)), guard));
    }

    [Fact]
    public void Each_guard_has_a_name_of_its_own_a_law_and_test_projects()
    {
        Assert.Equal(GuardList.All.Count, GuardList.All.DistinctBy(guard => guard.Name).Count());
        Assert.All(GuardList.All, guard => Assert.InRange(guard.Law, 1, 15));
        Assert.All(GuardList.All.SelectMany(guard => guard.Suites).Distinct(), suite => Assert.True(File.Exists(Path.Combine(Repository.Root, "tests", suite, suite + ".csproj")), suite));
    }

    [Fact]
    public void Every_law_has_guards()
    {
        Assert.Equal(Enumerable.Range(1, 15), GuardList.All.Select(guard => guard.Law).Distinct().Order());
    }

    [Fact]
    public void Guards_are_selected_by_a_part_of_their_name_and_an_unknown_one_is_said()
    {
        Assert.Equal(GuardList.All, GuardList.Select([]));
        Assert.All(GuardList.Select(["FENCE:"]), guard => Assert.Contains("fence", guard.Name, StringComparison.Ordinal));
        Assert.Contains("no such guard", Assert.Throws<MutationException>(() => GuardList.Select(["no such guard"])).Message, StringComparison.Ordinal);
    }
}
