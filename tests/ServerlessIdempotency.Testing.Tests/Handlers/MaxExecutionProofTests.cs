using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>The bound of an execution is met in the midst of its handler, after the charge, under each crash policy. A lease and a half: the renewal ends at it.</summary>
public sealed class MaxExecutionProofTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData(CrashPolicy.Rerun)]
    [InlineData(CrashPolicy.Probe)]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task A_handler_that_is_told_to_stop_stops(CrashPolicy policy)
    {
        var stopped = 0;
        var report = await Proof(process => Slow(process, policy), end => stopped += PolicyEnds.WasStopped(end) ? 1 : 0).RunAsync();

        output.WriteLine($"{policy}: {report} In {stopped} of them it was stopped.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.True(stopped > report.Explored / 2, $"It was stopped {stopped} times.");
    }

    /// <summary>Whoever comes next is not kept waiting by it, and what it still does is for the policy: fenced, or the answer.</summary>
    [Theory]
    [InlineData(CrashPolicy.Rerun)]
    [InlineData(CrashPolicy.Probe)]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task A_handler_that_ignores_its_token_completes_late(CrashPolicy policy)
    {
        var (late, fenced) = (0, 0);
        var proof = Proof(process => Slow(process, policy, ignoresItsToken: true), end =>
        {
            late += PolicyEnds.CompletedLate(end) ? 1 : 0;
            fenced += PolicyEnds.WasFenced(end) ? 1 : 0;
        });
        var report = await proof.RunAsync();

        output.WriteLine($"{policy}: {report} In {late} of them the answer came after somebody had been told that nobody knows, in {fenced} the slow executor was fenced.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.Equal(policy is CrashPolicy.Rerun or CrashPolicy.Probe, fenced > report.Explored / 2);
        Assert.Equal(policy is CrashPolicy.Block or CrashPolicy.Park, late > report.Explored / 2);
    }

    internal static PolicyApp Slow(ProofProcess process, CrashPolicy policy, bool ignoresItsToken = false, bool isRepeatable = true) => new(process, policy)
    {
        IsRepeatable = isRepeatable && policy == CrashPolicy.Rerun,
        MaxExecution = Bound,
        Takes = Bound + TimeSpan.FromSeconds(30),
        IgnoresItsToken = ignoresItsToken,
    };

    internal static IdempotencyProof<PolicyApp> Proof(Func<ProofProcess, PolicyApp> start, Action<ProofEnd>? look = null)
    {
        // A claim is given back where a parked one's note can't be written, and whoever was told meanwhile that nobody knows does not come again here.
        return CrashPolicyProofTests.Proof(start, look).MayLeaveUnfinished().OneDeviationAtATime();
    }
}
