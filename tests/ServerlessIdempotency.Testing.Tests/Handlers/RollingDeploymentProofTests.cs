using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Mistakes;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Any process may run the build before, whose saga lacks one step and calls another by its former name.</summary>
public sealed class RollingDeploymentProofTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_saga_takes_the_steps_that_it_began_with_whichever_builds_meet_it()
    {
        var proof = Proof(new ShopRelease(Version: 2, Packs: true));
        var ends = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        proof.Invariant("Counted", end =>
        {
            ends.AddOrUpdate(Steps(end), 1, (_, count) => count + 1);
            return Task.FromResult<string?>(null);
        });

        output.WriteLine((await proof.RunAsync()).ToString());

        output.WriteLine(string.Join("; ", ends.Select(end => $"{end.Key} {end.Value} times")));
        Assert.Equal(["reserve,charge", "reserve,pack,bill"], ends.Keys.Order());
    }

    /// <summary>A build that changed the steps and says nothing of it leaves sagas behind that nobody can finish.</summary>
    [Fact]
    public async Task A_renamed_step_that_is_not_kept_is_found()
    {
        var failure = await Found.ByAsync("is left Running", Proof(new ShopRelease(Packs: true, ForgetsCharge: true)), output);
        Assert.Contains("runs the EARLIER build", failure.Message, StringComparison.Ordinal);
    }

    private static IdempotencyProof<Shop> Proof(ShopRelease later)
    {
        var proof = new IdempotencyProof<Shop>(process => Shop.StartAsync(process, later))
            .EarlierBuild(process => Shop.StartAsync(process, new ShopRelease()))
            .Call("A", "k-1", app => app.OrderAsync())
            .Consumer(new SagaOptions().AdvanceQueue, (app, message) => app.AdvanceAsync(message), message => message.SessionId)
            .Job("sweep", app => app.SweepAsync())
            .Job("sweep sagas", app => app.SweepSagasAsync())
            .Invariant("The steps of one build", end => Task.FromResult(Steps(end) is var steps and not ("reserve,charge" or "reserve,pack,bill") ? steps : null));

        proof.Options.Deviations = 1;
        proof.Options.Samples = 100;
        return proof;
    }

    private static string Steps(ProofEnd end) => string.Join(',', end.Effects.Select(effect => effect.Name));
}
