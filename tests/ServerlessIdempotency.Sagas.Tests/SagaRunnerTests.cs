using ServerlessIdempotency.Rows;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>Steps, compensations, back-off, time-outs and the hold of one instance at a time.</summary>
public sealed class SagaRunnerTests
{
    private readonly SagaWorld _world = new();

    [Fact]
    public async Task Steps_are_taken_in_order_and_the_last_commits_its_row_and_message()
    {
        await _world.StartAsync();

        var ended = Assert.IsType<SagaAdvanceOutcome.Ended>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));

        Assert.Equal("Completed; reserve Done, charge Done, confirm Done; +reserve +charge +confirm; confirmed; confirmed True", await _world.EndAsync());
        Assert.All(ended.Saga.Steps, step => Assert.Equal(1, step.Attempts));
        Assert.Equal("charge of o-1", ended.Saga.Steps[1].Result!.Value.GetString());
        Assert.Equal(3, new[] { "reserve", "charge", "confirm" }.SelectMany(_world.KeysOf).Distinct().Count());
    }

    [Fact]
    public async Task A_step_costs_one_write_and_the_claim_one()
    {
        await _world.StartAsync();
        var process = _world.NewProcess();

        await _world.NewRunner(process).AdvanceAsync(SagaWorld.Address, default);

        Assert.Equal(4, process.Trace.Count(point => point.StartsWith("before writing", StringComparison.Ordinal)));
        Assert.Equal(1, process.Trace.Count(point => point.StartsWith("before reading", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refusal_undoes_what_was_begun_in_reverse_order()
    {
        _world.Answers("confirm", Answer.Rejects);
        await _world.StartAsync();

        await _world.DeliverAsync();

        Assert.Equal("Compensated; reserve Compensated, charge Compensated, confirm Compensated; +reserve +charge -charge -reserve; cancelled; confirmed False", await _world.EndAsync());
        Assert.Equal("No confirm today.", (await _world.SagaAsync()).Reason);
    }

    [Fact]
    public async Task A_step_that_was_never_begun_is_not_undone()
    {
        _world.Answers("reserve", Answer.Rejects);
        await _world.StartAsync();

        await _world.DeliverAsync();

        Assert.StartsWith("Compensated; reserve Compensated, charge Pending, confirm Pending; ; cancelled", await _world.EndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_may_pass_is_tried_again_after_a_pause_that_doubles_and_is_no_shorter_than_asked_for()
    {
        _world.Answers("charge", Answer.IsBusy, Answer.IsBusy, Answer.IsBusy);
        await _world.StartAsync();
        var runner = _world.NewRunner();

        foreach (var seconds in new[] { 3, 3, 4 })
        {
            var waiting = Assert.IsType<SagaAdvanceOutcome.Waiting>(await runner.AdvanceAsync(SagaWorld.Address, default));
            Assert.Equal(TimeSpan.FromSeconds(seconds), waiting.Until - _world.Time.GetUtcNow());
            Assert.Equal(waiting, await runner.AdvanceAsync(SagaWorld.Address, default));
            _world.Time.SetUtcNow(waiting.Until);
        }

        Assert.IsType<SagaAdvanceOutcome.Ended>(await runner.AdvanceAsync(SagaWorld.Address, default));
        Assert.Equal(4, (await _world.SagaAsync()).Steps[1].Attempts);
        Assert.Single(_world.KeysOf("charge").Distinct());
    }

    [Fact]
    public async Task What_does_not_pass_is_given_up_and_undone()
    {
        _world.Answers("charge", Enumerable.Repeat(Answer.IsBusy, 10).ToArray());
        await _world.StartAsync();

        await _world.DeliverAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal((SagaStatus.Compensated, "Given up after 4 attempts: charge is busy."), (saga.Status, saga.Reason));
        Assert.Equal(["+reserve", "-reserve"], _world.OtherSide.Effects);
    }

    [Theory]
    [InlineData(Answer.LosesReply, 1)]
    [InlineData(Answer.LosesRequest, 2)]
    [InlineData(Answer.Throws, 2)]
    public async Task A_lost_outcome_is_asked_for_by_the_stable_key_before_anything_else(Answer answer, int attempts)
    {
        _world.Answers("charge", answer);
        await _world.StartAsync();

        await _world.DeliverAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal((SagaStatus.Completed, attempts), (saga.Status, saga.Steps[1].Attempts));
        Assert.Equal(["+reserve", "+charge", "+confirm"], _world.OtherSide.Effects);
    }

    [Fact]
    public async Task Asking_that_fails_proves_nothing_and_is_tried_again()
    {
        _world.Answers("charge", Answer.LosesReply).Answers("ask charge", Answer.Throws);
        await _world.StartAsync();

        await _world.DeliverAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal((SagaStatus.Completed, 1, 2), (saga.Status, saga.Steps[1].Attempts, saga.Steps[1].Probes));
        Assert.Single(_world.KeysOf("charge"));
    }

    [Fact]
    public async Task A_step_on_which_every_instance_dies_is_asked_about_in_the_end_and_not_sent_once_more()
    {
        _world.Answers("charge", Enumerable.Repeat(Answer.KillsProcess, 4).ToArray());
        await _world.StartAsync();
        for (var death = 0; death < 4; death++)
        {
            var dying = _world.NewProcess();
            await _world.DeliverAsync(dying);
            Assert.True(dying.IsDead);
        }

        await _world.DeliverAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal((SagaStatus.Compensated, 4), (saga.Status, _world.KeysOf("charge").Count));
        Assert.Contains("4 attempts", saga.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compensation_on_which_every_instance_dies_is_left_to_a_person()
    {
        _world.Answers("confirm", Answer.Rejects).Answers("undo charge", Enumerable.Repeat(Answer.KillsProcess, 3).ToArray());
        await _world.StartAsync();
        for (var death = 0; death < 3; death++)
        {
            var dying = _world.NewProcess();
            await _world.DeliverAsync(dying);
            Assert.True(dying.IsDead);
        }

        await _world.DeliverAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal((SagaStatus.Parked, "charge", 3), (saga.Status, saga.ParkedStep, saga.Steps[1].CompensationAttempts));
        Assert.Equal("No attempt to undo it came to an answer.", saga.Steps[1].Reason);
        Assert.Equal("No confirm today.", saga.Reason);
    }

    [Fact]
    public async Task Each_commit_with_messages_has_its_note_before()
    {
        var outbox = new RowsOutbox();
        await _world.StartAsync();

        Assert.IsType<SagaAdvanceOutcome.Ended>(await _world.NewRunner(outbox: outbox).AdvanceAsync(SagaWorld.Address, default));

        Assert.Equal(0, outbox.Unnoted);
    }

    [Fact]
    public async Task A_wake_up_is_named_by_its_saga_and_transition_alone()
    {
        var other = new SagaWorld();
        var first = await WakeUpsAsync(_world);
        var second = await WakeUpsAsync(other);

        Assert.True(first.Length > 2);
        Assert.Equal(first, second);
        Assert.Distinct(first);

        static async Task<string[]> WakeUpsAsync(SagaWorld world)
        {
            await world.StartAsync();
            await world.NewRunner().AdvanceAsync(SagaWorld.Address, default);
            return [.. (await world.MessagesAsync(world.Options.AdvanceQueue)).Select(message => message.GetString("MessageId")!).Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public async Task A_stable_key_belongs_to_one_step_of_one_saga()
    {
        await _world.StartAsync();
        var saga = await _world.SagaAsync();
        SagaAddress[] addresses =
        [
            SagaWorld.Address,
            new(SagaWorld.Address.Partition, "s-2"),
            new(new PartitionAddress("Business", "q"), "s-1"),
            new(new PartitionAddress("Other", "p"), "s-1"),
        ];

        string[] keys = [.. from address in addresses from step in new[] { "reserve", "charge" } select new SagaStepContext(address, saga, step).StableKey];

        Assert.Distinct(keys);
        Assert.Equal(keys[1], new SagaStepContext(SagaWorld.Address, saga with { Transition = 99 }, "reserve").KeyOf("charge"));
    }

    [Fact]
    public async Task A_saga_of_a_later_schema_is_refused_rather_than_misread()
    {
        await _world.StartAsync();
        var row = (await _world.Memory.ReadAsync(SagaWorld.Address.Row, default))!;
        var values = row.Values.ToDictionary(value => value.Key, value => value.Value);
        values["SchemaVersion"] = 2L;
        await _world.Memory.WriteAsync(new RowTransaction(SagaWorld.Address.Partition, [RowWrite.Replace(row.Address.RowKey, values, row.ETag)]), default);

        var refusal = Assert.IsType<SagaAdvanceOutcome.NotKnown>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));

        Assert.Contains("schema 1 but of '2'", refusal.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_other_side_that_stays_out_of_reach_is_left_to_a_person()
    {
        _world.Answers("charge", Answer.LosesReply).Answers("ask charge", Enumerable.Repeat(Answer.IsBusy, 10).ToArray());
        await _world.StartAsync();

        await _world.DeliverAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal((SagaStatus.Parked, "charge", 4), (saga.Status, saga.ParkedStep, saga.Steps[1].Probes));
        Assert.Contains("No line.", saga.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compensation_that_keeps_failing_parks_the_saga_with_its_reason()
    {
        _world.Answers("confirm", Answer.Rejects).Answers("undo charge", Answer.IsBusy, Answer.Throws, Answer.IsBusy);
        await _world.StartAsync();
        var begins = _world.Time.GetUtcNow();

        await _world.DeliverAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal((SagaStatus.Parked, "charge", 3), (saga.Status, saga.ParkedStep, saga.Steps[1].CompensationAttempts));
        Assert.Equal("Undoing charge failed.", saga.Steps[1].Reason);
        Assert.Equal("No confirm today.", saga.Reason);

        // At once after the last attempt: there are two pauses between three.
        Assert.Equal(TimeSpan.FromSeconds(1 + 2), saga.ParkedAt - begins);
    }

    [Fact]
    public async Task A_step_that_does_not_answer_in_time_is_asked_about()
    {
        _world.Answers("charge", Answer.NeverAnswers);
        await _world.StartAsync();
        var running = _world.NewRunner().AdvanceAsync(SagaWorld.Address, default);
        await _world.Hangs.Task;

        _world.Time.Advance(TimeSpan.FromSeconds(30));

        var waiting = Assert.IsType<SagaAdvanceOutcome.Waiting>(await running);
        Assert.Equal("No answer within 00:00:30.", (await _world.SagaAsync()).Steps[1].Reason);
        _world.Time.SetUtcNow(waiting.Until);
        await _world.DeliverAsync();
        Assert.Equal(SagaStatus.Completed, (await _world.SagaAsync()).Status);
    }

    [Fact]
    public async Task A_saga_that_is_not_done_in_its_time_is_undone()
    {
        _world.Answers("charge", Answer.IsBusy);
        await _world.StartAsync();
        Assert.IsType<SagaAdvanceOutcome.Waiting>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));
        _world.Time.Advance(TimeSpan.FromHours(1));

        await _world.DeliverAsync();

        var saga = await _world.SagaAsync();
        Assert.Equal(SagaStatus.Compensated, saga.Status);
        Assert.Equal("The whole was not done by 2026-11-24 13:00:00Z.", saga.Reason);
        Assert.Equal(["+reserve", "-reserve"], _world.OtherSide.Effects);
    }

    // Guards the version that the claim carries: without it each of them would call the step.
    [Fact]
    public async Task Of_many_instances_at_once_one_advances()
    {
        _world.Answers("reserve", Answer.NeverAnswers);
        await _world.StartAsync();
        var calls = Enumerable.Range(0, 16).Select(_ => Task.Run(() => _world.NewRunner().AdvanceAsync(SagaWorld.Address, default))).ToArray();
        await _world.Hangs.Task;
        var others = new List<SagaAdvanceOutcome>();
        await foreach (var call in Task.WhenEach(calls))
        {
            others.Add(await call);
            if (others.Count == 15)
            {
                break;
            }
        }

        Assert.All(others, other => Assert.IsType<SagaAdvanceOutcome.HeldElsewhere>(other));
        Assert.Single(_world.KeysOf("reserve"));
        _world.Time.Advance(TimeSpan.FromSeconds(30));
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task An_instance_that_was_taken_over_records_nothing()
    {
        await _world.StartAsync();
        var held = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var store = new FaultyRowStore(_world.Memory);
        var writes = 0;
        store.BeforeWrite = async _ =>
        {
            // Its second write would record the first step.
            if (++writes == 2)
            {
                held.SetResult();
                await goOn.Task;
            }
        };
        var zombie = _world.NewRunner(_world.NewProcess(store: store)).AdvanceAsync(SagaWorld.Address, default);
        await held.Task;

        _world.Time.Advance(TimeSpan.FromSeconds(62));
        Assert.IsType<SagaAdvanceOutcome.Ended>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));
        var end = await _world.EndAsync();
        var transition = (await _world.SagaAsync()).Transition;
        goOn.SetResult();

        Assert.IsType<SagaAdvanceOutcome.HeldElsewhere>(await zombie);
        Assert.Equal((end, transition), (await _world.EndAsync(), (await _world.SagaAsync()).Transition));
        Assert.Equal(["+reserve", "+charge", "+confirm"], _world.OtherSide.Effects);
    }

    [Fact]
    public async Task A_lease_is_not_taken_over_before_the_margin_for_clocks_has_passed()
    {
        await _world.StartAsync();
        var dying = _world.NewProcess(diesAt: 5);
        await _world.DeliverAsync(dying);
        Assert.Equal("before reserve", dying.Trace[^1]);

        _world.Time.Advance(TimeSpan.FromSeconds(61) - TimeSpan.FromTicks(1));
        Assert.IsType<SagaAdvanceOutcome.HeldElsewhere>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));
        _world.Time.Advance(TimeSpan.FromTicks(1));
        Assert.IsType<SagaAdvanceOutcome.Ended>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));
    }

    [Fact]
    public async Task A_wake_up_that_comes_too_early_says_whether_another_one_follows()
    {
        _world.Answers("charge", Answer.IsBusy);
        await _world.StartAsync();
        var runner = _world.NewRunner();
        await runner.AdvanceAsync(SagaWorld.Address, default);
        var latest = (await _world.SagaAsync()).Transition;

        Assert.True(Assert.IsType<SagaAdvanceOutcome.Waiting>(await runner.AdvanceAsync(WakeUp(latest), default)).IsLatestWakeUp);
        Assert.False(Assert.IsType<SagaAdvanceOutcome.Waiting>(await runner.AdvanceAsync(WakeUp(latest - 1), default)).IsLatestWakeUp);

        static SagaWakeUp WakeUp(long transition) => new(SagaWorld.Address.Partition.Table, SagaWorld.Address.Partition.PartitionKey, SagaWorld.Address.Id, transition);
    }

    [Fact]
    public async Task Every_wake_up_has_an_id_of_its_own_and_the_session_of_its_saga()
    {
        _world.Answers("confirm", Answer.Rejects);
        await _world.StartAsync();
        await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default);

        var messages = await _world.MessagesAsync("saga-advance");

        Assert.Equal(messages.Count, messages.Select(row => row.GetString("MessageId")).Distinct().Count());
        Assert.All(messages, row => Assert.Equal("s-1", row.GetString("Session")));
        Assert.Equal((await _world.SagaAsync()).Transition, messages.Count);
    }

    [Fact]
    public async Task A_late_step_after_its_compensation_and_a_compensation_run_twice_change_nothing()
    {
        _world.Answers("confirm", Answer.Rejects);
        await _world.StartAsync();
        await _world.DeliverAsync();
        var end = await _world.EndAsync();
        var saga = await _world.SagaAsync();
        foreach (var step in new[] { "reserve", "charge", "confirm" })
        {
            var late = new ScriptedStep(step, _world, _world.NewProcess());
            var context = new SagaStepContext(SagaWorld.Address, saga, step);
            Assert.IsType<CompensationOutcome.Done>(await late.CompensateAsync(context, default));
            Assert.IsType<StepOutcome.Rejected>(await late.ExecuteAsync(context, default));
            Assert.IsType<CompensationOutcome.Done>(await late.CompensateAsync(context, default));
        }

        Assert.IsType<SagaAdvanceOutcome.Ended>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));
        Assert.Equal(end, await _world.EndAsync());
    }

    [Fact]
    public async Task Rows_that_stand_in_the_way_of_a_steps_own_make_it_decide_again_later()
    {
        await _world.StartAsync();
        var inTheWay = SagaWorld.Address.Partition.Row("confirmed|s-1");
        await _world.Memory.WriteAsync(new RowTransaction(inTheWay.Partition, [RowWrite.Insert(inTheWay.RowKey, new Dictionary<string, object>())]), default);

        var waiting = Assert.IsType<SagaAdvanceOutcome.Waiting>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));
        var row = (await _world.Memory.ReadAsync(inTheWay, default))!;
        await _world.Memory.WriteAsync(new RowTransaction(inTheWay.Partition, [RowWrite.Delete(inTheWay.RowKey, row.ETag)]), default);
        _world.Time.SetUtcNow(waiting.Until);

        Assert.IsType<SagaAdvanceOutcome.Ended>(await _world.NewRunner().AdvanceAsync(SagaWorld.Address, default));
        Assert.Equal(2, (await _world.SagaAsync()).Steps[2].Attempts);
    }

    [Fact]
    public async Task A_saga_without_an_outbox_runs_and_a_missing_one_is_not_found()
    {
        var runner = _world.NewRunner(withOutbox: false);
        Assert.IsType<SagaAdvanceOutcome.NotFound>(await runner.AdvanceAsync(SagaWorld.Address, default));
        _world.Answers("charge", Answer.IsBusy);
        await _world.StartAsync(withOutbox: false);

        Assert.IsType<SagaAdvanceOutcome.Waiting>(await runner.AdvanceAsync(SagaWorld.Address, default));
        Assert.Empty(await _world.MessagesAsync("saga-advance"));
    }

    [Fact]
    public void Bodies_that_are_no_wake_up_are_told_apart()
    {
        Assert.Null(SagaWakeUp.TryParse("{}"u8.ToArray()));
        Assert.Null(SagaWakeUp.TryParse("no"u8.ToArray()));
        Assert.Null(SagaWakeUp.TryParse("""{"table":"t","partitionKey":"p","id":"a/b","transition":1}"""u8.ToArray()));
        Assert.Equal(new SagaWakeUp("t", "p", "a", 1), SagaWakeUp.TryParse("""{"table":"t","partitionKey":"p","id":"a","transition":1}"""u8.ToArray()));
    }
}
