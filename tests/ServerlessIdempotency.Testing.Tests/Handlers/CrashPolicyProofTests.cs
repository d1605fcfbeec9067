using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Each crash policy, over a gateway that knows no repetition; late completions among the ends.</summary>
public sealed class CrashPolicyProofTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    [InlineData(CrashPolicy.Probe)]
    public async Task Two_callers_of_a_charge_that_can_not_be_repeated(CrashPolicy policy)
    {
        var (late, fenced) = (0, 0);
        var proof = Proof(process => new PolicyApp(process, policy), end =>
        {
            late += PolicyEnds.CompletedLate(end) ? 1 : 0;
            fenced += PolicyEnds.WasFenced(end) ? 1 : 0;
        });

        if (policy == CrashPolicy.Park)
        {
            // A claim is given back where its note can't be written, and whoever was told meanwhile that nobody knows does not come again here.
            proof.MayLeaveUnfinished();
        }

        var report = await proof.RunAsync();
        output.WriteLine($"{policy}: {report} In {late} of them the answer came after somebody had been told that nobody knows, in {fenced} a slow executor was fenced.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.Equal(policy == CrashPolicy.Probe, fenced > 0);
        Assert.True(late > 0, "Nothing completed late: the policy was not tried.");
    }

    [Fact]
    public async Task Parked_work_is_found_although_nobody_asks_again()
    {
        var proof = Proof(process => new PolicyApp(process, CrashPolicy.Park) { GoesAway = true }).MayLeaveUnfinished();
        output.WriteLine((await proof.RunAsync()).ToString());
    }

    /// <summary>The answer is the slow executor's or the person's, whoever comes first, and the same for all.</summary>
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task A_person_decides_while_the_slow_executor_may_still_complete(CrashPolicy policy)
    {
        var decided = 0;
        var report = await new IdempotencyProof<PolicyApp>(process => new PolicyApp(process, policy))
            .Call("A", "k-1", app => app.PayAsync())
            .Call("B", "k-1", app => app.PayAsync())
            .Call("the operator", "decisions", async app =>
            {
                await app.DecideAsync();
                return new ProofAnswer.Unanswered("decided what there was");
            })
            .Job("the operator", app => app.DecideAsync(), always: true)
            .Eventually("it is decided", async end =>
            {
                decided += (await end.ListAsync(EngineApp.Partition, "idem-decision|")).Count;
                return await PolicyEnds.IsDecidedAsync(end);
            })
            .MayLeaveUnfinished()
            .RunAsync();

        output.WriteLine($"{policy}: {report}");
        Assert.True(decided > 0, "Nothing was ever decided.");
    }

    internal static IdempotencyProof<PolicyApp> Proof(Func<ProofProcess, PolicyApp> start, Action<ProofEnd>? look = null) => new IdempotencyProof<PolicyApp>(start)
        .Call("A", "k-1", app => app.PayAsync())
        .Call("B", "k-1", app => app.PayAsync())
        .EndsWell(look);
}
