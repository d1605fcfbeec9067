using ServerlessIdempotency.Rows;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>Sagas that wait for a person, and the person's decisions.</summary>
public sealed class ParkedTests
{
    private readonly SagaWorld _world = new();

    [Fact]
    public async Task An_outcome_that_the_other_side_cannot_tell_is_parked_and_not_guessed()
    {
        _world.Answers("charge", Answer.LosesReply).Answers("ask charge", Answer.CannotTell);
        await _world.StartAsync();

        await _world.DeliverAsync();

        var parked = Assert.Single(await ListAsync(_world));
        Assert.Equal(("charge", SagaStatus.Running), (parked.Saga.ParkedStep, parked.Saga.ParkedFrom));
        Assert.Contains("can't tell", parked.Saga.Reason, StringComparison.Ordinal);
        Assert.Equal(["+reserve", "+charge"], _world.OtherSide.Effects);
    }

    [Theory]
    [InlineData(ParkedDecision.Succeeded, "Completed; reserve Done, charge Done, confirm Done; +reserve +charge +confirm; confirmed; confirmed True")]
    [InlineData(ParkedDecision.Retry, "Completed; reserve Done, charge Done, confirm Done; +reserve +charge +confirm; confirmed; confirmed True")]
    [InlineData(ParkedDecision.Failed, "Compensated; reserve Compensated, charge Compensated, confirm Pending; +reserve +charge -charge -reserve; cancelled; confirmed False")]
    public async Task A_decision_about_a_parked_step_lets_the_saga_go_on(ParkedDecision decision, string end)
    {
        var parked = await ParkedChargeAsync();

        var outcome = await ResolveAsync(parked, decision);
        await _world.DeliverAsync();

        Assert.Equal("The bank says so.", Assert.IsType<ResolveOutcome.Resolved>(outcome).Resolution.Note);
        Assert.Equal(end, await _world.EndAsync());
        Assert.Empty(await ListAsync(_world));
    }

    [Theory]
    [InlineData(ParkedDecision.Retry, "reserve Compensated, charge Compensated, confirm Compensated; +reserve +charge -charge -reserve")]
    [InlineData(ParkedDecision.Succeeded, "reserve Compensated, charge Compensated, confirm Compensated; +reserve +charge -reserve")]
    [InlineData(ParkedDecision.Failed, "reserve Compensated, charge NotCompensated, confirm Compensated; +reserve +charge -reserve")]
    public async Task A_decision_about_a_parked_compensation_lets_the_undoing_go_on(ParkedDecision decision, string end)
    {
        _world.Answers("confirm", Answer.Rejects).Answers("undo charge", Answer.Rejects);
        await _world.StartAsync();
        await _world.DeliverAsync();
        var parked = Assert.Single(await ListAsync(_world));
        Assert.Equal(("charge", SagaStatus.Compensating, "No confirm today."), (parked.Saga.ParkedStep, parked.Saga.ParkedFrom, parked.Saga.Reason));
        Assert.Equal("charge can't be undone.", parked.Saga.Steps[1].Reason);

        await ResolveAsync(parked, decision);
        await _world.DeliverAsync();

        Assert.Contains($"Compensated; {end}; cancelled", await _world.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_step_brings_along_is_not_committed_while_its_result_is_refused()
    {
        _world.Answers("confirm", Answer.SaysTooMuch);
        await _world.StartAsync();
        await _world.DeliverAsync();
        var parked = Assert.Single(await ListAsync(_world));
        Assert.Contains("16,384", parked.Saga.Reason, StringComparison.Ordinal);
        Assert.EndsWith("; ; confirmed False", await _world.EndAsync(), StringComparison.Ordinal);

        await ResolveAsync(parked, ParkedDecision.Retry);
        await _world.DeliverAsync();

        Assert.EndsWith("; confirmed; confirmed True", await _world.EndAsync(), StringComparison.Ordinal);
    }

    /// <summary>Law 14. Guards the catch of limits in <c>SagaRunner</c>: the step has run, and no other attempt would change what it writes.</summary>
    [Fact]
    public async Task A_step_that_changes_more_rows_than_a_transaction_takes_runs_once_and_is_left_to_a_person()
    {
        _world.Answers("charge", Answer.WritesTooMuch);
        await _world.StartAsync();
        await _world.DeliverAsync();

        var parked = Assert.Single(await ListAsync(_world));
        Assert.Equal(("charge", SagaStatus.Running, 1), (parked.Saga.ParkedStep, parked.Saga.ParkedFrom, parked.Saga.Steps[1].Attempts));
        Assert.Contains("can't be stored", parked.Saga.Reason, StringComparison.Ordinal);
    }

    // Guards HasBegun: the attempts begin again, but what the first ones did is there.
    [Fact]
    public async Task A_step_that_is_to_be_tried_again_and_then_has_no_time_left_is_undone_with_the_others()
    {
        var parked = await ParkedChargeAsync();
        await ResolveAsync(parked, ParkedDecision.Retry);

        // Its wake-up comes so late that the whole is out of time.
        _world.Time.Advance(TimeSpan.FromDays(400));
        await _world.DeliverAsync();

        Assert.Equal("Compensated; reserve Compensated, charge Compensated, confirm Pending; +reserve +charge -charge -reserve; cancelled; confirmed False", await _world.EndAsync());
    }

    [Fact]
    public async Task The_same_decision_again_changes_nothing_and_another_one_is_told_which_stands()
    {
        var parked = await ParkedChargeAsync();
        var first = Assert.IsType<ResolveOutcome.Resolved>(await ResolveAsync(parked, ParkedDecision.Succeeded));
        _world.Time.Advance(TimeSpan.FromHours(5));
        await _world.DeliverAsync();
        var transition = (await _world.SagaAsync()).Transition;

        Assert.Equal(first, await ResolveAsync(parked, ParkedDecision.Succeeded, "Said again."));
        Assert.Equal(first.Resolution, Assert.IsType<ResolveOutcome.DecidedOtherwise>(await ResolveAsync(parked, ParkedDecision.Failed)).Existing);
        Assert.Equal(transition, (await _world.SagaAsync()).Transition);
        Assert.Equal([first.Resolution], await ResolutionsAsync());
    }

    [Fact]
    public async Task Of_many_decisions_at_once_one_stands()
    {
        var parked = await ParkedChargeAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(index => Task.Run(() => ResolveAsync(parked, index % 2 == 0 ? ParkedDecision.Succeeded : ParkedDecision.Failed))));
        await _world.DeliverAsync();

        Assert.Equal(8, outcomes.OfType<ResolveOutcome.Resolved>().Count());
        Assert.Single(outcomes.OfType<ResolveOutcome.Resolved>().Select(outcome => outcome.Resolution).Distinct());
        Assert.Single(await ResolutionsAsync());
        Assert.True((await _world.SagaAsync()).HasEnded);
    }

    [Fact]
    public async Task A_saga_parked_again_has_another_name_and_an_old_decision_does_not_touch_it()
    {
        var first = await ParkedChargeAsync();
        _world.Answers("charge", Answer.LosesReply).Answers("ask charge", Answer.CannotTell);
        await ResolveAsync(first, ParkedDecision.Retry);
        await _world.DeliverAsync();

        var second = Assert.Single(await ListAsync(_world));
        Assert.NotEqual(first.Parking, second.Parking);
        Assert.IsType<ResolveOutcome.Resolved>(await ResolveAsync(first, ParkedDecision.Retry));
        Assert.Equal(SagaStatus.Parked, (await _world.SagaAsync()).Status);
        Assert.Equal(2, new[] { first.Parking, second.Parking }.Distinct().Count());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_decision_about_another_parking_than_the_sagas_own_is_refused(long difference)
    {
        var parked = await ParkedChargeAsync();

        Assert.IsType<ResolveOutcome.NotFound>(await ResolveAsync(parked with { Parking = parked.Parking + difference }, ParkedDecision.Failed));

        Assert.Equal(SagaStatus.Parked, (await _world.SagaAsync()).Status);
        Assert.Empty(await ResolutionsAsync());
    }

    [Fact]
    public async Task A_decision_is_made_about_the_version_that_was_judged()
    {
        _world.Answers("confirm", Answer.Rejects).Answers("undo charge", Answer.Rejects);
        await _world.StartAsync();
        await _world.DeliverAsync();
        var parked = Assert.Single(await ListAsync(_world));
        var outbox = new RowsOutbox { OnPrepare = () => ReplaceReasonAsync("Corrected by hand.") };

        var outcome = await _world.NewParked(outbox).ResolveAsync(parked.Address, parked.Parking, ParkedDecision.Retry, "Again.", "eve", default);

        Assert.IsType<ResolveOutcome.Resolved>(outcome);
        Assert.Equal("Corrected by hand.", (await _world.SagaAsync()).Reason);
    }

    [Fact]
    public async Task An_ended_saga_and_its_decisions_expire_after_their_retention()
    {
        _world.Options.Retention = TimeSpan.FromDays(30);
        var parked = await ParkedChargeAsync();
        await ResolveAsync(parked, ParkedDecision.Succeeded);
        await _world.LookAsync();
        Assert.Empty(await PurgedAsync(TimeSpan.FromDays(1_000)));
        await _world.DeliverAsync();
        await _world.LookAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal(saga.EndedAt + TimeSpan.FromDays(30), (await _world.Memory.ReadAsync(SagaWorld.Address.Row, default))!.GetDateTimeOffset(RowColumns.ExpiresAt));
        Assert.Equal(["saga", "saga-audit"], (await PurgedAsync(TimeSpan.FromDays(31))).Order());
        Assert.Empty(await PurgedAsync(TimeSpan.FromDays(29)));
    }

    private async Task<List<string>> PurgedAsync(TimeSpan later)
    {
        var purged = new List<string>();
        await foreach (var row in _world.Memory.QueryExpiredAsync(SagaWorld.Address.Partition.Table, _world.Time.GetUtcNow() + later, default))
        {
            purged.Add(row.Address.RowKey.Split('|')[0]);
        }

        return purged;
    }

    [Fact]
    public async Task An_app_does_not_list_the_parked_sagas_of_another()
    {
        _world.Options.AppName = "shop";
        await ParkedChargeAsync();
        _world.Options.AppName = "bank";

        Assert.Empty(await ListAsync(_world));
    }

    [Fact]
    public async Task Nothing_that_was_never_parked_is_resolved()
    {
        await _world.StartAsync();
        var parked = _world.NewParked();

        Assert.IsType<ResolveOutcome.NotFound>(await parked.ResolveAsync(SagaWorld.Address, 3, ParkedDecision.Retry, "?", "eve", default));
        Assert.IsType<ResolveOutcome.NotFound>(await parked.ResolveAsync(new SagaAddress(SagaWorld.Address.Partition, "other"), 3, ParkedDecision.Retry, "?", "eve", default));
    }

    [Fact]
    public async Task A_name_without_its_state_is_not_listed_and_stays_until_it_can_never_become_true()
    {
        // An instance dies between the name and the state; the next one is answered.
        _world.Answers("charge", Answer.LosesReply).Answers("ask charge", Answer.CannotTell, Answer.Well);
        await _world.StartAsync();
        var died = false;
        var store = new FaultyRowStore(_world.Memory);
        var process = _world.NewProcess(store: store);
        store.BeforeWrite = transaction =>
        {
            died |= transaction.Partition.Table != _world.Options.ParkedTable && Parks(transaction);
            store.IsDown = died;
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _world.DeliverAsync(process));
        Assert.True(died);
        Assert.Equal(1, await NamesAsync());

        Assert.Empty(await ListAsync(_world));
        Assert.Equal(1, await NamesAsync());

        await _world.DeliverAsync();
        Assert.True((await _world.SagaAsync()).HasEnded);
        Assert.Empty(await ListAsync(_world));
        Assert.Equal(0, await NamesAsync());

        static bool Parks(RowTransaction transaction) => transaction.Writes[0] is RowWrite.ReplaceRow replace && replace.Values.GetValueOrDefault("Status") is "Parked";
    }

    internal static async Task<List<ParkedSaga>> ListAsync(SagaWorld world)
    {
        var parked = new List<ParkedSaga>();
        await foreach (var saga in world.NewParked().ListAsync("all", default))
        {
            parked.Add(saga);
        }

        return parked;
    }

    private async Task ReplaceReasonAsync(string reason)
    {
        var row = (await _world.Memory.ReadAsync(SagaWorld.Address.Row, default))!;
        var saga = SagaRow.FromRow(row);
        Assert.IsType<WriteOutcome.Applied>(await _world.Memory.WriteAsync(
            new RowTransaction(SagaWorld.Address.Partition, [RowWrite.Replace(row.Address.RowKey, (saga with { Saga = saga.Saga with { Reason = reason } }).ToValues(), row.ETag)]), default));
    }

    private async Task<int> NamesAsync()
    {
        var names = 0;
        await foreach (var _ in _world.Memory.QueryAsync(new RowQuery(new PartitionAddress(_world.Options.ParkedTable, "parked~all"), ""), default))
        {
            names++;
        }

        return names;
    }

    private async Task<ParkedSaga> ParkedChargeAsync()
    {
        _world.Answers("charge", Answer.LosesReply).Answers("ask charge", Answer.CannotTell);
        await _world.StartAsync();
        await _world.DeliverAsync();
        return Assert.Single(await ListAsync(_world));
    }

    private Task<ResolveOutcome> ResolveAsync(ParkedSaga parked, ParkedDecision decision, string note = "The bank says so.") =>
        _world.NewParked().ResolveAsync(parked.Address, parked.Parking, decision, note, "eve", default);

    private async Task<List<ParkedResolution>> ResolutionsAsync()
    {
        var resolutions = new List<ParkedResolution>();
        await foreach (var resolution in _world.NewParked().ListResolutionsAsync(SagaWorld.Address, default))
        {
            resolutions.Add(resolution);
        }

        return resolutions;
    }
}
