using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Handlers;
using ServerlessIdempotency.Testing.Tests.Mistakes;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Testing.Tests.Kit;

public sealed class ExplorationTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_order_of_two_callers_is_explored()
    {
        var (ends, report) = await EndsAsync(ScribesOnOnePage(), options => (options.Faults, options.Switches, options.Deviations) = (0, 10, 10));

        // Two of each among four places.
        Assert.Equal(["ABab", "AaBb", "AabB", "aABb", "aAbB", "abAB"], ends);
        Assert.True(report.IsExhausted);
    }

    [Fact]
    public async Task Orders_that_no_one_can_tell_apart_are_left_out()
    {
        var proof = new IdempotencyProof<Scribe>(process => new Scribe(process))
            .Call("A", "one", scribe => scribe.WriteAsync("abc", "left"))
            .Call("B", "two", scribe => scribe.WriteAsync("ABC", "right"));
        var (_, pruning) = await EndsAsync(proof, options => (options.Faults, options.Switches, options.Deviations) = (0, 10, 10));
        var (_, thorough) = await EndsAsync(proof, options => (options.Faults, options.Switches, options.Deviations, options.Prunes) = (0, 10, 10, false));

        // Arriving and writing three letters each: all orders of four and four points, against a chain of states each of which is left at once when met again.
        Assert.Equal(70, thorough.Explored);
        Assert.InRange(pruning.Explored, 1, 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pruning_loses_no_end(bool withBothHands)
    {
        var proof = withBothHands ? ScribeWithBothHands() : ScribesOnOnePage();
        var (pruned, pruning) = await EndsAsync(proof, Bounds);
        var (all, thorough) = await EndsAsync(proof, options =>
        {
            Bounds(options);
            options.Prunes = false;
        });
        output.WriteLine($"{pruning}\n{thorough}");
        Assert.Equal(all, pruned);
        Assert.True(pruning.Explored < thorough.Explored, "Nothing was pruned.");

        Assert.True(pruning.IsExhausted && thorough.IsExhausted);

        static void Bounds(ProofOptions options) => (options.Faults, options.Switches, options.Deviations, options.MaxSchedules) = (2, 2, 3, 50_000);
    }

    [Fact]
    public async Task A_seed_makes_the_samples_the_same()
    {
        var (_, first) = await EndsAsync(ScribesOnOnePage(), Sampling);
        var (_, second) = await EndsAsync(ScribesOnOnePage(), Sampling);
        Assert.Equal(first with { Duration = default }, second with { Duration = default });
        Assert.Equal(100, first.Sampled);

        static void Sampling(ProofOptions options) => (options.Faults, options.Switches, options.Samples, options.Seed) = (0, 0, 100, 7);
    }

    [Fact]
    public async Task What_a_sample_finds_is_shrunk_to_what_it_takes()
    {
        var proof = new IdempotencyProof<TakesUnclearForNo>(process => new TakesUnclearForNo(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Invariant("One payment", NaiveApp.OnePaymentAsync);
        (proof.Options.Faults, proof.Options.Switches, proof.Options.Seed) = (0, 0, 7);
        var failure = await Assert.ThrowsAsync<ProofFailedException>(proof.RunAsync);
        output.WriteLine(failure.Message);
        Assert.True(failure.Report!.Sampled > 0);
        Assert.DoesNotContain('-', failure.Schedule);
        Assert.NotEmpty(failure.Schedule);
    }

    [Fact]
    public async Task A_bound_on_the_schedules_is_reported()
    {
        var proof = ScribesOnOnePage();
        (proof.Options.MaxSchedules, proof.Options.Samples) = (10, 0);
        var report = await proof.RunAsync();
        Assert.False(report.IsExhausted);
        Assert.Equal(10, report.Explored + report.Pruned);
    }

    [Fact]
    public async Task Three_callers_of_the_engine_are_explored_in_every_order_within_three_switches()
    {
        var proof = new IdempotencyProof<EngineApp>(process => new EngineApp(process))
            .Call("A", "k-1", app => app.PayAsync())
            .Call("B", "k-1", app => app.PayAsync())
            .Call("C", "k-1", app => app.PayAsync())
            .Invariant("One payment", EngineApp.OnePaymentAsync);
        (proof.Options.Faults, proof.Options.Switches, proof.Options.Deviations) = (0, 3, 3);
        var report = await proof.RunAsync();
        output.WriteLine(report.ToString());
        Assert.True(report.IsExhausted);
    }

    private static IdempotencyProof<Scribe> ScribesOnOnePage() => new IdempotencyProof<Scribe>(process => new Scribe(process))
        .Call("A", "one", scribe => scribe.WriteAsync("ab"))
        .Call("B", "two", scribe => scribe.WriteAsync("AB"));

    private static IdempotencyProof<Scribe> ScribeWithBothHands() => new IdempotencyProof<Scribe>(process => new Scribe(process))
        .Call("A", "one", scribe => scribe.WriteWithBothHandsAsync());

    private static async Task<(string[] Ends, ProofReport Report)> EndsAsync(IdempotencyProof<Scribe> proof, Action<ProofOptions> bounds)
    {
        var ends = new SortedSet<string>(StringComparer.Ordinal);
        proof.Options.Samples = 0;
        bounds(proof.Options);
        proof.Invariant("noted", end =>
        {
            ends.Add(Scribe.Read(end));
            return Task.FromResult<string?>(null);
        });
        var report = await proof.RunAsync();
        return ([.. ends], report);
    }
}
