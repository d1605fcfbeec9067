using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Law 14: a limit that is met after the effect ends in a stored fact, never in another execution, and never in a "done" that lost something.</summary>
public sealed class LimitProofTests(ITestOutputHelper output)
{
    internal const int TooMany = 100;

    [Theory]
    [InlineData(CrashPolicy.Rerun)]
    [InlineData(CrashPolicy.Probe)]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task More_rows_than_a_transaction_takes_are_unknown_and_on_the_list(CrashPolicy policy)
    {
        var unknown = 0;
        var proof = TooManyRows(process => new PolicyApp(process, policy) { IsRepeatable = policy == CrashPolicy.Rerun, Lines = TooMany }, end => unknown++);
        var report = await proof.RunAsync();

        output.WriteLine($"Too many rows under {policy}: {report} In {unknown} of them it is unknown and on the list.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.True(unknown > report.Explored / 2, $"It was unknown {unknown} times.");
    }

    // Found by a sample: a claim that came late asked once more, and died at it.
    [Fact]
    public async Task A_probe_that_dies_while_it_asks_leaves_it_to_the_next()
    {
        await TooManyRows(process => new PolicyApp(process, CrashPolicy.Probe) { Lines = TooMany }).ReplayAsync("14.7-27.1");
    }

    [Fact]
    public async Task A_step_whose_result_is_too_large_to_be_recorded_is_not_made_again()
    {
        var (done, unknown) = (0, 0);
        var report = await LargeStep(process => new LargeStepApp(process), state =>
        {
            done += state == "Completed" ? 1 : 0;
            unknown += state == "Unknown" ? 1 : 0;
        }).RunAsync();

        output.WriteLine($"A step beyond 64 KiB: {report} In {done} of them it is done, in {unknown} unknown and on the list.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.True(done > 0 && unknown > 0, $"It was done {done} times and unknown {unknown} times.");
    }

    internal static IdempotencyProof<PolicyApp> TooManyRows(Func<ProofProcess, PolicyApp> start, Action<ProofEnd>? whenUnknown = null) => CrashPolicyProofTests.Proof(start)
        .Invariant("the lines", async end =>
        {
            if (await PolicyEnds.StateAsync(end) == "Unknown")
            {
                whenUnknown?.Invoke(end);
            }

            return await PolicyEnds.HasAllLinesAsync(end, TooMany);
        })
        .MayLeaveUnfinished()
        .OneDeviationAtATime();

    internal static IdempotencyProof<LargeStepApp> LargeStep(Func<ProofProcess, LargeStepApp> start, Action<string?>? look = null) => new IdempotencyProof<LargeStepApp>(start)
        .Call("A", "k-1", app => app.PayAsync())
        .Call("B", "k-1", app => app.PayAsync())
        .EndsWell(async end => look?.Invoke(await PolicyEnds.StateAsync(end)));
}
