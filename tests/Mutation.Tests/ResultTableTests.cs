using Mutation.Guards;
using Mutation.Running;

namespace Mutation.Tests;

public sealed class ResultTableTests
{
    [Fact]
    public void A_guard_that_no_test_misses_stands_out()
    {
        var guard = new Guard(3, "fence", "src/A/Claim.cs", "x", "y");

        var table = ResultTable.Write(
        [
            new GuardResult(guard, "ClaimTests.A_zombie_changes_nothing", Fault: null),
            new GuardResult(guard, CaughtBy: null, Fault: null),
            new GuardResult(guard, CaughtBy: null, "it is gone"),
        ]);

        Assert.Equal(
            """
            | law | guard taken out | where | test that caught it |
            | --- | --- | --- | --- |
            | 3 | fence | `Claim` | ClaimTests: A zombie changes nothing |
            | 3 | fence | `Claim` | **none** |
            | 3 | fence | `Claim` | **not applied**: it is gone |

            """,
            table);
    }
}
