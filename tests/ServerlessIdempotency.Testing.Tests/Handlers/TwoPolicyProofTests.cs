using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>One key under two policies: the stricter holds, whatever the record was begun with and however that attempt ended.</summary>
public sealed class TwoPolicyProofTests(ITestOutputHelper output)
{
    /// <summary>The attempt under Rerun has charged and ends with an exception, so it says itself that it gave no answer.</summary>
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    [InlineData(CrashPolicy.Probe)]
    public async Task What_threw_after_its_charge_under_rerun_is_not_run_again_by_whoever_promises_more(CrashPolicy later)
    {
        var (charged, completed) = (0, 0);
        var proof = Proof(process => new TwoPolicyApp(process, later, earlierThrows: true), end =>
        {
            charged += PolicyEnds.ChargesOf(end) > 0 ? 1 : 0;
            completed += end.ToldOf("k-1").Count > 0 ? 1 : 0;
        });
        var report = await proof.RunAsync();

        output.WriteLine($"Rerun that throws, then {later}: {report} In {charged} of them it was charged, in {completed} an answer came all the same.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.True(charged > report.Explored / 2, $"It was charged {charged} times.");
        Assert.True(completed > 0, "Nobody ever got an answer.");
    }

    /// <summary>The attempt under Rerun is only slow, or dies.</summary>
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    [InlineData(CrashPolicy.Probe)]
    public async Task What_was_slow_under_rerun_completes_late_or_is_fenced_by_the_policy_of_the_next(CrashPolicy later)
    {
        var (late, fenced) = (0, 0);
        var proof = Proof(process => new TwoPolicyApp(process, later, earlierThrows: false), end =>
        {
            late += PolicyEnds.CompletedLate(end) ? 1 : 0;
            fenced += PolicyEnds.WasFenced(end) ? 1 : 0;
        });
        var report = await proof.RunAsync();

        output.WriteLine($"Rerun, then {later}: {report} In {late} of them the answer came after somebody had been told that nobody knows, in {fenced} the slow executor was fenced.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.Equal(later == CrashPolicy.Probe, fenced > 0);
        Assert.True(late > 0, "Nothing completed late.");
    }

    // A parked claim is given back where its note can't be written, and whoever was told meanwhile that nobody knows does not come again here.
    internal static IdempotencyProof<TwoPolicyApp> Proof(Func<ProofProcess, TwoPolicyApp> start, Action<ProofEnd>? look = null) => new IdempotencyProof<TwoPolicyApp>(start)
        .Call("A", "k-1", app => app.PayAsync())
        .Call("B", "k-1", app => app.PayLaterAsync())
        .EndsWell(look)
        .MayLeaveUnfinished();
}
