namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>Definitions that change while sagas of the earlier ones are open, and definitions that can't be right.</summary>
public sealed class DefinitionTests
{
    private readonly SagaWorld _world = new();
    private readonly AdHocStep _reserve = new("reserve");
    private readonly AdHocStep _charge = new("charge");

    /// <summary>A rolling deployment: an old instance meets a saga of the new version.</summary>
    [Fact]
    public async Task A_saga_of_a_later_version_is_left_alone_and_goes_on_where_it_is_known()
    {
        _world.Known = _ => new AdHocSaga(_reserve, _charge) { Number = 2 };
        await _world.StartAsync();
        _world.Known = _ => new AdHocSaga(_reserve, _charge);
        var before = await _world.Memory.ReadAsync(SagaWorld.Address.Row, default);

        var left = Assert.IsType<SagaAdvanceOutcome.NotKnown>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));

        Assert.Contains("version 2", left.Why, StringComparison.Ordinal);
        Assert.Equal(0, _reserve.Calls);
        Assert.Equal(before!.ETag, (await _world.Memory.ReadAsync(SagaWorld.Address.Row, default))!.ETag);
        _world.Known = _ => new AdHocSaga(_reserve, _charge) { Number = 2 };
        Assert.IsType<SagaAdvanceOutcome.Ended>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));
    }

    /// <summary>The unknown step is not the next one: what the first did would be lost in the commit that begins the second.</summary>
    [Fact]
    public async Task A_saga_with_a_step_that_is_unknown_here_is_not_begun_at_an_earlier_one()
    {
        _world.Known = _ => new AdHocSaga(_reserve, _charge, new AdHocStep("confirm"));
        await _world.StartAsync();
        _world.Known = _ => new AdHocSaga(_reserve, _charge);

        var left = Assert.IsType<SagaAdvanceOutcome.NotKnown>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));

        Assert.Contains("'confirm'", left.Why, StringComparison.Ordinal);
        Assert.Equal(0, _reserve.Calls);
    }

    [Fact]
    public async Task A_saga_keeps_the_steps_that_it_began_with_where_one_was_added_removed_and_renamed()
    {
        var old = new AdHocStep("charge-card");
        var waits = new AdHocStep("reserve", () => new StepOutcome.Retryable("Later."));
        _world.Known = _ => new AdHocSaga(waits, old);
        await _world.StartAsync();
        await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default);
        var added = new AdHocStep("check");

        _world.Known = _ => new AdHocSaga(added, _charge) { Number = 2, Retired = [_reserve, old] };
        await _world.DeliverAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal((SagaStatus.Completed, 1), (saga.Status, saga.Version));
        Assert.Equal((1, 1, 0, 0), (_reserve.Calls, old.Calls, added.Calls, _charge.Calls));
    }

    [Fact]
    public async Task A_saga_whose_definition_is_gone_is_left_alone()
    {
        await _world.StartAsync();
        var runner = new SagaDefinitions([]);

        Assert.Contains("No saga 'order'", runner.WhyUnknown(await _world.SagaAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(-3_600_000)]
    public void A_time_that_is_none_is_refused_at_registration(int milliseconds)
    {
        var time = TimeSpan.FromMilliseconds(milliseconds);

        Assert.Contains("order:Timeout", FaultOf(new AdHocSaga(_reserve) { Time = time }), StringComparison.Ordinal);
        Assert.Contains("step reserve:Timeout", FaultOf(new AdHocSaga(new AdHocStep("reserve") { Time = time })), StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_not_be_run_is_refused_at_registration()
    {
        Assert.Contains("MaxAttempts", FaultOf(new AdHocSaga(new AdHocStep("reserve") { Attempts = 0 })), StringComparison.Ordinal);
        Assert.Contains("Version", FaultOf(new AdHocSaga(_reserve) { Number = 0 }), StringComparison.Ordinal);
        Assert.Contains("at least one step", FaultOf(new AdHocSaga()), StringComparison.Ordinal);
        Assert.Contains("name of its own", FaultOf(new AdHocSaga(_reserve) { Retired = [new AdHocStep("reserve")] }), StringComparison.Ordinal);
        Assert.Contains("more than once", FaultOf(new AdHocSaga(_reserve), new AdHocSaga(_charge)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("parked-sagas", "saga-advance")]
    [InlineData("ParkedSagas", "-queue")]
    [InlineData("ParkedSagas", "my queue")]
    public void Names_that_the_services_refuse_are_refused_at_start(string table, string queue)
    {
        Assert.Single(new SagaOptions { ParkedTable = table, AdvanceQueue = queue }.Validate());
    }

    /// <summary>The deadline begins with the saga and not with the operation that starts it, whose own start survives takeovers.</summary>
    [Fact]
    public async Task A_saga_has_its_whole_time_from_the_moment_at_which_it_begins()
    {
        _world.Time.Advance(TimeSpan.FromMinutes(61));
        var start = _world.NewRunner().Start(SagaWorld.Address, "order", "o-1", ScriptedStep.ScriptJson.Default.String);

        Assert.Equal(_world.Time.GetUtcNow() + TimeSpan.FromHours(1), start.Saga.Deadline);
        await Task.CompletedTask;
    }

    private static string FaultOf(params SagaDefinition[] definitions) => Assert.Throws<ArgumentException>(() => new SagaDefinitions(definitions)).Message;
}
