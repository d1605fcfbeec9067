using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>What is redacted is never stored, wherever a process dies, and every replay passes the hook.</summary>
public sealed class HookProofTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Two_callers_of_an_endpoint_that_redacts_and_changes_its_replays()
    {
        var replays = 0;
        var report = await Proof(process => new HookedApp(process), end => replays += HookedApp.ReplaysIn(end)).RunAsync();

        output.WriteLine($"{report} With {replays} replays.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.True(replays > report.Explored, $"There were {replays} replays.");
    }

    internal static IdempotencyProof<HookedApp> Proof(Func<ProofProcess, HookedApp> start, Action<ProofEnd>? look = null) => new IdempotencyProof<HookedApp>(start)
        .Call("A", "k-1", app => app.CreateAsync())
        .Call("B", "k-1", app => app.CreateAsync())
        .Invariant("no token is stored", end =>
        {
            look?.Invoke(end);
            return HookedApp.StoresNoTokenAsync(end);
        })
        .OneDeviationAtATime();
}
