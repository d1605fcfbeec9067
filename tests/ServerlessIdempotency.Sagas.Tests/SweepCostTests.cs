using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;
using Xunit.Abstractions;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>What a sweep costs, by counted requests: it depends on what is due and not on what is open.</summary>
public sealed class SweepCostTests(ITestOutputHelper output)
{
    private readonly SagaOptions _options = new() { SweepConcurrency = 1 };

    [Fact]
    public async Task Ten_thousand_open_sagas_of_which_none_is_due_cost_a_sweep_what_ten_do()
    {
        var few = await RequestsAsync(sagas: 10, partitions: 1);
        var many = await RequestsAsync(sagas: 10_000, partitions: 1);
        var spread = await RequestsAsync(sagas: 2_000, partitions: 200);

        output.WriteLine($"Requests of a sweep of sagas and one of the outbox: {few} with 10 open sagas, {many} with 10,000, {spread} with 2,000 in 200 partitions.");
        Assert.InRange(many, 1, few + 3);
        Assert.InRange(spread, 1, few + 3);
    }

    private async Task<int> RequestsAsync(int sagas, int partitions)
    {
        var fixture = new OutboxFixture { UnfinishedWork = store => new OpenSagas(store) };
        var app = fixture.NewInstance();
        var definition = new AdHocSaga(new AdHocStep("wait", () => new StepOutcome.Retryable("Later.", TimeSpan.FromDays(20)))) { Time = TimeSpan.FromDays(30) };
        var transitions = new SagaTransitions(app.Writer, _options, app.Outbox);
        var parked = new ParkedSagaIndex(app.Writer, _options);
        var runner = new SagaRunner(new SagaDefinitions([definition]), transitions, parked, _options, fixture.Time, NullLogger<SagaRunner>.Instance);
        var sweeper = new SagaSweeper(app.Register, new SagaDefinitions([definition]), transitions, parked, app.Writer, _options, fixture.Time, NullLogger<SagaSweeper>.Instance);
        for (var number = 0; number < sagas; number++)
        {
            var address = new SagaAddress(new PartitionAddress("Business", $"p-{number % partitions}"), $"s-{number}");
            await app.Outbox.PrepareAsync(address.Partition, default);
            await app.Writer.WriteAsync(address.Partition, runner.Start(address, "order", "", ScriptedStep.ScriptJson.Default.String).Rows, default);
            await runner.AdvanceAsync(address, default);
        }

        // Each has told its pause by then, and the notes of the beginning have gone.
        for (var sweep = 0; sweep < 40; sweep++)
        {
            fixture.Time.Advance(TimeSpan.FromMinutes(1));
            await sweeper.SweepAsync(default);
            await app.Sweeper.SweepAsync(default);
        }

        app.Gate.Reset();
        Assert.Equal(default, await sweeper.SweepAsync(default));
        await app.Sweeper.SweepAsync(default);
        var requests = app.Gate.Calls;

        // They are found again when they are due.
        fixture.Time.Advance(TimeSpan.FromDays(20) + _options.WakeAgainAfter);
        Assert.True((await sweeper.SweepAsync(default)).Open > 0);
        return requests;
    }
}
