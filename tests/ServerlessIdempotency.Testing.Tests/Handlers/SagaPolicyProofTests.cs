using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>Each crash policy for a saga's step. A saga's claim is fenced, so a late step commits nothing: what it did is for the person, or found by the probe.</summary>
public sealed class SagaPolicyProofTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task A_step_that_may_not_be_made_again_is_done_or_the_saga_is_parked_and_nothing_undone(CrashPolicy policy)
    {
        var (parked, charged) = (0, 0);
        var report = await Proof(process => Shop.StartAsync(process, new ShopRelease(ChargePolicy: policy)), async end =>
        {
            var isParked = await StatusAsync(end) == "Parked";
            parked += isParked ? 1 : 0;
            charged += isParked && PolicyEnds.ChargesOf(end) == 1 ? 1 : 0;
        }).RunAsync();

        output.WriteLine($"Saga step, {policy}: {report} In {parked} of them the saga is parked, in {charged} after a charge.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.True(charged > 0 && parked > charged, $"It was parked {parked} times, {charged} times after a charge.");
    }

    [Fact]
    public async Task A_step_that_is_asked_for_is_done_once_and_the_saga_with_it()
    {
        var asked = 0;
        var report = await Proof(process => Shop.StartAsync(process, new ShopRelease(ChargePolicy: CrashPolicy.Probe)), end =>
        {
            asked += UnrepeatableStep.AskedIn(end) > 0 ? 1 : 0;
            return Task.CompletedTask;
        })
        .Invariant("it is completed", async end => await StatusAsync(end) is var status and not "Completed" ? $"It is {status}." : null)
        .RunAsync();

        output.WriteLine($"Saga step, Probe: {report} In {asked} of them it was asked for.");
        Assert.Equal(0, report.Uncontrolled);
        Assert.True(asked > 0, "Nobody asked.");
    }

    internal static IdempotencyProof<Shop> Proof(Func<ProofProcess, Task<Shop>> start, Func<ProofEnd, Task>? look = null)
    {
        var proof = new IdempotencyProof<Shop>(start)
            .Call("A", "k-1", app => app.OrderAsync())
            .Consumer(new SagaOptions().AdvanceQueue, (app, message) => app.AdvanceAsync(message), message => message.SessionId)
            .Job("sweep", app => app.SweepAsync())
            .Job("sweep sagas", app => app.SweepSagasAsync())
            .Invariant("the end", async end =>
            {
                await (look?.Invoke(end) ?? Task.CompletedTask);
                var (status, charges) = (await StatusAsync(end), PolicyEnds.ChargesOf(end));
                return end.Effects.Any(effect => effect.Name.StartsWith("undo", StringComparison.Ordinal)) ? "Something was undone."
                    : (status, charges) is ("Completed", 1) or ("Parked", <= 1) ? null
                    : $"It is {status} with {charges} charges.";
            });
        (proof.Options.Deviations, proof.Options.Samples) = (1, 30);
        return proof;
    }

    private static async Task<string?> StatusAsync(ProofEnd end) => (await end.ListAsync(Shop.Partition, "saga|")).SingleOrDefault()?.GetString("Status");
}
