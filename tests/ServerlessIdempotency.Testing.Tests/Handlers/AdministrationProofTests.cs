using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;
using Decide = System.Func<ServerlessIdempotency.Administration.IIdempotencyAdministration, ServerlessIdempotency.Administration.OperationRecord, System.Threading.Tasks.Task<ServerlessIdempotency.Administration.DecisionOutcome>>;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Each decision, made at any moment of an execution that may go on all the same.</summary>
public sealed class AdministrationProofTests(ITestOutputHelper output)
{
    private static readonly Decision Why = new("ada", "It took too long.");

    private static readonly Dictionary<string, Decide> Decisions = new()
    {
        ["Release"] = (administration, found) => administration.ReleaseAsync(found, Why, default),
        ["Forget"] = (administration, found) => administration.ForgetAsync(found, Why, default),
        ["Resolve"] = (administration, found) => administration.ResolveAsync(found, AdministeredApp.Decided, Why, default),
    };

    [Theory]
    [InlineData("Release", CrashPolicy.Rerun)]
    [InlineData("Release", CrashPolicy.Block)]
    [InlineData("Forget", CrashPolicy.Rerun)]
    [InlineData("Forget", CrashPolicy.Block)]
    [InlineData("Resolve", CrashPolicy.Rerun)]
    [InlineData("Resolve", CrashPolicy.Block)]
    public async Task Whoever_still_executes_what_was_decided_changes_nothing(string decision, CrashPolicy policy)
    {
        var (decided, discarded) = (0, 0);
        var proof = Proof(process => new AdministeredApp(process, policy) { CallsOutside = decision != "Forget" }, (_, administration, found) => Decisions[decision](administration, found), end =>
        {
            decided += AdministeredApp.SeenIn(end).Decided > 0 ? 1 : 0;
            discarded += AdministeredApp.SeenIn(end).Discarded > 0 ? 1 : 0;
        });
        var report = await proof.OneDeviationAtATime().RunAsync();

        output.WriteLine($"{decision} under {policy}: {report} In {decided} of them it was decided, in {discarded} what an executor did was discarded.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.True(decided > 100 && discarded > 100, $"It was decided {decided} times, and {discarded} times something was discarded.");
    }

    internal static IdempotencyProof<AdministeredApp> Proof(
        Func<ProofProcess, AdministeredApp> start, Func<AdministeredApp, IIdempotencyAdministration, OperationRecord, Task<DecisionOutcome>> decide, Action<ProofEnd>? look = null) =>
        new IdempotencyProof<AdministeredApp>(start)
            .Call("A", "k-1", app => app.PayAsync())
            .Call("the operator", "decisions", app => app.DecideAsync((administration, found) => decide(app, administration, found)))
            .Call("B", "k-1", app => app.PayAsync())
            .Invariant("the end", end =>
            {
                look?.Invoke(end);
                return AdministeredApp.EndsWellAsync(end);
            })
            .MayLeaveUnfinished();
}
