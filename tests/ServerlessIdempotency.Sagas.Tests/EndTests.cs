using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>What a definition adds at the end, and what is wrong with it: no step is repeated, nothing is undone for it, and a person sees it.</summary>
public sealed class EndTests
{
    private readonly SagaWorld _world = new();
    private readonly AdHocStep _reserve = new("reserve");
    private readonly AdHocStep _charge = new("charge");
    private string? _fault = "The mail template is missing.";

    [Theory]
    [InlineData(ParkedDecision.Retry, SagaStatus.Completed, true)]
    [InlineData(ParkedDecision.Succeeded, SagaStatus.Completed, false)]
    [InlineData(ParkedDecision.Failed, SagaStatus.Compensated, true)]
    public async Task An_end_that_throws_parks_the_saga_with_its_steps_done(ParkedDecision decision, SagaStatus end, bool hasRow)
    {
        _world.Known = _ => new AdHocSaga(_reserve, _charge) { End = Describe };
        await _world.StartAsync();
        await _world.DeliverAsync();

        var parked = Assert.Single(await ParkedTests.ListAsync(_world));
        Assert.Equal((true, SagaStatus.Running, 1, 1), (parked.Saga.IsParkedAtEnd, parked.Saga.ParkedFrom, _reserve.Calls, _charge.Calls));
        Assert.Contains("The mail template is missing.", parked.Saga.Reason, StringComparison.Ordinal);
        Assert.All(parked.Saga.Steps, step => Assert.Equal(SagaStepStatus.Done, step.Status));

        _fault = null;
        await _world.NewParked().ResolveAsync(parked.Address, parked.Parking, decision, "Seen.", "eve", default);
        await _world.DeliverAsync();

        Assert.Equal(end, (await _world.SagaAsync()).Status);
        Assert.Equal((1, 1), (_reserve.Calls, _charge.Calls));
        Assert.Equal(hasRow, await RowAsync() is not null);
    }

    [Fact]
    public async Task A_row_of_the_end_that_stands_in_the_way_repeats_no_step_and_is_told()
    {
        await _world.Memory.WriteAsync(new RowTransaction(SagaWorld.Address.Partition, [Row]), default);
        _world.Known = _ => new AdHocSaga(_reserve, _charge) { End = saga => new SagaEffects { Rows = saga.HasEnded ? [Row] : [] } };
        await _world.StartAsync();

        await _world.DeliverAsync();

        var parked = Assert.Single(await ParkedTests.ListAsync(_world));
        Assert.Contains("AlreadyExists", parked.Saga.Reason, StringComparison.Ordinal);
        Assert.Equal((true, 1, 1), (parked.Saga.IsParkedAtEnd, _reserve.Calls, _charge.Calls));
    }

    /// <summary>What is added at a parking conflicts with itself at the second one: the saga is parked all the same.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_wrong_with_a_parkings_own_rows_does_not_keep_a_saga_from_being_parked(bool throws)
    {
        var charge = new AdHocStep("charge", () => new StepOutcome.OutcomeUnknown("No reply."));
        _world.Known = _ => new AdHocSaga(_reserve, charge) { End = saga => saga.Status == SagaStatus.Parked && throws ? throw new InvalidOperationException("Oh.") : new SagaEffects { Rows = [Row] } };
        await _world.StartAsync();
        for (var parking = 1; parking <= 3; parking++)
        {
            await _world.DeliverAsync();
            var parked = Assert.Single(await ParkedTests.ListAsync(_world));
            Assert.Equal(("charge", parking, 0), (parked.Saga.ParkedStep, charge.Calls, charge.Undone));
            Assert.Contains("No record.", parked.Saga.Reason, StringComparison.Ordinal);
            await _world.NewParked().ResolveAsync(parked.Address, parked.Parking, ParkedDecision.Retry, "Again.", "eve", default);
        }
    }

    private static RowWrite Row => RowWrite.Insert("told|s-1", new Dictionary<string, object>());

    private SagaEffects Describe(SagaSnapshot saga) => _fault is { } fault ? throw new InvalidOperationException(fault) : new SagaEffects { Rows = [Row] };

    private Task<Row?> RowAsync() => _world.Memory.ReadAsync(SagaWorld.Address.Partition.Row("told|s-1"), default);
}
