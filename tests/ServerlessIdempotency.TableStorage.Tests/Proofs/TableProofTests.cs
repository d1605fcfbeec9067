using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace ServerlessIdempotency.TableStorage.Tests.Proofs;

/// <summary>The proof kit over a real Azurite: its points are HTTP requests, and the SDK and the store parse real answers.</summary>
[Collection(OneAzurite.Name)]
public sealed class TableProofTests(AzuriteFixture azurite, ITestOutputHelper output) : IAsyncLifetime
{
    private readonly string _table = AzuriteFixture.NewTableName();

    public async Task InitializeAsync() => await azurite.CreateStore().EnsureTablesAsync([_table], default);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task One_fault_at_every_request_of_a_handler_leaves_one_payment()
    {
        var proof = NewProof().Call("A", "k-1", app => app.PayAsync());
        (proof.Options.Faults, proof.Options.Switches, proof.Options.Deviations, proof.Options.Samples) = (1, 0, 1, 10);
        var report = await proof.RunAsync();
        output.WriteLine(report.ToString());
        Assert.True(report.IsExhausted);

        // The undisturbed run, ten faults at each of two requests, seven at the charge, and two skewed clocks.
        Assert.Equal(1 + (2 * 10) + 7 + 2, report.Explored + report.Pruned);
    }

    [Fact]
    public async Task Every_order_of_two_callers_within_two_switches_leaves_one_payment()
    {
        var proof = NewProof().Call("A", "k-1", app => app.PayAsync()).Call("B", "k-1", app => app.PayAsync());
        (proof.Options.Faults, proof.Options.Switches, proof.Options.Deviations, proof.Options.Samples) = (0, 2, 2, 5);
        var report = await proof.RunAsync();
        output.WriteLine(report.ToString());
        Assert.True(report.IsExhausted);
    }

    [Fact]
    public async Task A_mistake_is_found_and_told()
    {
        var proof = NewProof().Call("A", "k-1", app => app.PayWithAMistakeAsync());
        var failure = await Assert.ThrowsAsync<ProofFailedException>(proof.RunAsync);
        output.WriteLine($"{failure.Message}\nFound after: {failure.Report}");
        Assert.True(failure.Message.Split('\n').Length < 15, "The story is too long.");
        await Assert.ThrowsAsync<ProofFailedException>(() => proof.ReplayAsync(failure.Schedule));
    }

    private IdempotencyProof<TableApp> NewProof() => new IdempotencyProof<TableApp>(process => new TableApp(process, azurite.ConnectionString, _table))
        .Over(() => azurite.CreateStore())
        .Invariant("One payment", async end =>
            (await end.ListAsync(new PartitionAddress(_table, end.Shared(TableApp.NewRun)), "payment|")).Count is var count and not 1 ? $"{count} payments." : null);
}
