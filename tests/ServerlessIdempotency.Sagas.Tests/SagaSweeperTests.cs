using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>Sagas whose wake-up the broker took and never gave back. Nothing but the sweeper finds them.</summary>
public sealed class SagaSweeperTests
{
    private readonly OutboxFixture _fixture = new() { UnfinishedWork = store => new OpenSagas(store) };
    private readonly SagaOptions _options = new() { SweepConcurrency = 1 };
    private readonly AppInstance _app;
    private readonly WaitingSaga _saga = new();

    public SagaSweeperTests() => _app = _fixture.NewInstance();

    [Fact]
    public async Task A_saga_whose_first_wake_up_is_lost_is_woken_again_and_ends()
    {
        await StartAsync("s-1");
        _fixture.Time.Advance(_options.WakeAgainAfter - TimeSpan.FromMilliseconds(1));
        Assert.Equal(default, await SweepAsync());
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(new SagaSweepResult { Open = 1, Woken = 1 }, await SweepAsync());
        Assert.IsType<SagaAdvanceOutcome.Ended>(await DeliverNextAsync());
        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(new SagaSweepResult { Ended = 1 }, await SweepAsync());
        Assert.Equal(default, await SweepAsync());
    }

    [Fact]
    public async Task A_wake_up_that_was_committed_again_gets_its_own_time()
    {
        await StartAsync("s-1");
        _fixture.Time.Advance(_options.WakeAgainAfter);
        Assert.Equal(1, (await SweepAsync()).Woken);
        Assert.Equal(0, (await SweepAsync()).Woken);
        await SendAsync();

        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(1, (await SweepAsync()).Woken);
    }

    [Fact]
    public async Task A_wake_up_that_is_still_in_the_outbox_is_not_doubled()
    {
        await StartAsync("s-1");
        _fixture.Time.Advance(_options.WakeAgainAfter);
        Assert.Equal(1, (await SweepAsync()).Woken);

        // The broker is away; that is the outbox sweeper's matter.
        _fixture.Time.Advance(_options.WakeAgainAfter * 3);
        Assert.Equal(0, (await SweepAsync()).Woken);
        Assert.Equal(2, (await _fixture.UnsentAsync()).Count + _fixture.Broker.Received.Count);
    }

    [Fact]
    public async Task A_saga_that_waits_is_due_after_its_pause_and_one_that_is_held_after_its_lease()
    {
        _saga.Answer = () => new StepOutcome.Retryable("Later.", TimeSpan.FromHours(1));
        await StartAsync("s-1");
        await Runner().AdvanceAsync(AddressOf("s-1"), default);
        await SendAsync();
        _fixture.Time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(0, (await SweepAsync()).Woken);
        _fixture.Time.Advance(TimeSpan.FromMinutes(30) + _options.WakeAgainAfter);
        Assert.Equal(1, (await SweepAsync()).Woken);

        // The instance that is woken dies in the step.
        _saga.Answer = () => throw new OperationCanceledException();
        using var dies = new CancellationTokenSource();
        _saga.Answer = () =>
        {
            dies.Cancel();
            throw new OperationCanceledException(dies.Token);
        };
        await SendAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Runner().AdvanceAsync(AddressOf("s-1"), dies.Token));
        await SendAsync();
        _saga.Answer = () => new StepOutcome.Done();
        _fixture.Time.Advance(_options.WakeAgainAfter);
        Assert.Equal(0, (await SweepAsync()).Woken);
        _fixture.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(1, (await SweepAsync()).Woken);
        Assert.IsType<SagaAdvanceOutcome.Ended>(await DeliverNextAsync());
    }

    [Fact]
    public async Task A_parked_saga_is_left_to_its_person_and_is_swept_again_once_it_is_resolved()
    {
        _saga.Answer = () => new StepOutcome.OutcomeUnknown("No reply.");
        _saga.Asked = () => new ProbeOutcome.CannotTell("No record.");
        await StartAsync("s-1");
        await Runner().AdvanceAsync(AddressOf("s-1"), default);
        await SendAsync();
        _fixture.Time.Advance(TimeSpan.FromDays(7));
        Assert.Equal(new SagaSweepResult { Open = 1 }, await SweepAsync());
        Assert.Equal(default, await SweepAsync());

        var parked = await Runner().FindAsync(AddressOf("s-1"), default);
        var waiting = new ParkedSagas(new SagaDefinitions([_saga]), Transitions(), new ParkedSagaIndex(_app.Writer, _options), _options, _fixture.Time, NullLogger<ParkedSagas>.Instance);
        await waiting.ResolveAsync(AddressOf("s-1"), parked!.Parking!.Value, ParkedDecision.Succeeded, "I saw it.", "eve", default);
        await SendAsync();
        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(1, (await SweepAsync()).Woken);
        Assert.IsType<SagaAdvanceOutcome.Ended>(await DeliverNextAsync());
    }

    // Guards the outbox sweeper's question for unfinished work: without it the note would go with the last message, and no one would look here again.
    [Fact]
    public async Task The_register_keeps_a_partition_until_its_last_saga_has_ended()
    {
        await StartAsync("s-1");
        await StartAsync("s-2");
        _fixture.Time.Advance(_fixture.UntilNotesGo * 3);
        await _app.Sweeper.SweepAsync(default);
        Assert.NotEmpty(await _fixture.NotesAsync());

        Assert.Equal(2, (await SweepAsync()).Woken);
        await DeliverNextAsync();
        await SweepAsync();
        _fixture.Time.Advance(_fixture.UntilNotesGo * 3);
        await _app.Sweeper.SweepAsync(default);
        Assert.NotEmpty(await _fixture.NotesAsync());

        await Runner().AdvanceAsync(AddressOf("s-1"), default);
        await Runner().AdvanceAsync(AddressOf("s-2"), default);
        _fixture.Time.Advance(_options.WakeAgainAfter);
        Assert.Equal(2, (await SweepAsync()).Ended);
        _fixture.Time.Advance(_fixture.UntilNotesGo * 3);
        await _app.Sweeper.SweepAsync(default);
        Assert.Empty(await _fixture.NotesAsync());
    }

    [Fact]
    public async Task A_saga_that_can_not_be_read_does_not_keep_its_neighbours_waiting()
    {
        await StartAsync("s-1");
        await StartAsync("s-2");
        var row = (await _fixture.Memory.ReadAsync(AddressOf("s-1").Row, default))!;
        await _fixture.Memory.WriteAsync(new RowTransaction(row.Address.Partition, [RowWrite.Replace(row.Address.RowKey, new Dictionary<string, object> { ["SchemaVersion"] = 99 }, row.ETag)]), default);
        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(new SagaSweepResult { Open = 2, Woken = 1, Unreadable = 1 }, await SweepAsync());
    }

    [Fact]
    public async Task Two_sweepers_at_once_wake_a_saga_once()
    {
        await StartAsync("s-1");
        _fixture.Time.Advance(_options.WakeAgainAfter);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(SweepAsync)));

        Assert.Equal(1, results.Sum(result => result.Woken));
    }

    [Fact]
    public async Task With_its_consumers_away_a_saga_is_woken_with_pauses_that_double()
    {
        await StartAsync("s-1");
        var woken = new List<TimeSpan>();
        var begins = _fixture.Time.GetUtcNow();
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            _fixture.Time.Advance(TimeSpan.FromMinutes(1));
            if ((await SweepAsync()).Woken == 1)
            {
                woken.Add(_fixture.Time.GetUtcNow() - begins);
            }

            await SendAsync();
            if (minute % 60 == 0)
            {
                await _app.Sweeper.SweepAsync(default);
            }
        }

        Assert.Equal([5, 10, 20, 40, 80, 160, 320], woken.Take(7).Select(pause => (int)pause.TotalMinutes));
        Assert.InRange(woken.Count, 8, 11);
    }

    /// <summary>A wake-up that the outbox has given up is sent by nobody: the sweeper commits another, and the saga's deadline is kept.</summary>
    [Fact]
    public async Task A_wake_up_that_is_parked_in_the_outbox_does_not_stop_its_saga()
    {
        await StartAsync("s-1");
        _fixture.Time.Advance(_options.WakeAgainAfter);
        Assert.Equal(1, (await SweepAsync()).Woken);
        _fixture.Broker.Decide = (_, _) => Task.FromResult<SendOutcome?>(new SendOutcome.Refused("The queue is disabled."));
        await SendAsync();
        _fixture.Broker.Decide = null;
        Assert.Single(await _fixture.UnsentAsync());

        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(1, (await SweepAsync()).Woken);
        Assert.IsType<SagaAdvanceOutcome.Ended>(await DeliverNextAsync());
    }

    [Fact]
    public async Task A_saga_of_a_version_that_is_unknown_here_is_counted_and_listed_and_left_as_it_is()
    {
        _saga.Number = 2;
        await StartAsync("s-1");
        _saga.Number = 1;
        await StartAsync("s-2");
        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(new SagaSweepResult { Open = 2, Woken = 1, Unknown = 1 }, await SweepAsync());
        Assert.Equal(0, SagaRow.FromRow((await _fixture.Memory.ReadAsync(AddressOf("s-1").Row, default))!).Saga.Transition);
        var unknown = new List<UnknownSaga>();
        await foreach (var saga in Sweeper().ListUnknownAsync(default))
        {
            unknown.Add(saga);
        }

        Assert.Equal(AddressOf("s-1"), Assert.Single(unknown).Address);
        _saga.Number = 2;
        await SendAsync();
        _fixture.Time.Advance(_options.WakeAgainAfter);
        Assert.Equal(2, (await SweepAsync()).Woken);
    }

    [Fact]
    public async Task Looks_of_those_who_do_not_know_a_saga_do_not_put_off_the_one_who_does()
    {
        _saga.Number = 2;
        await StartAsync("s-1");
        _saga.Number = 1;
        for (var look = 1; look <= 6; look++)
        {
            _fixture.Time.Advance(_options.WakeAgainAfter);
            Assert.Equal(new SagaSweepResult { Open = 1, Unknown = 1 }, await SweepAsync());
        }

        _saga.Number = 2;
        _fixture.Time.Advance(_options.WakeAgainAfter);
        Assert.Equal(1, (await SweepAsync()).Woken);
    }

    [Fact]
    public async Task A_row_that_names_no_saga_hides_none_behind_it_in_the_list_of_unknown_ones()
    {
        _saga.Number = 2;
        await StartAsync("s-1");
        _saga.Number = 1;
        await _fixture.Memory.WriteAsync(new RowTransaction(OutboxFixture.Partition, [RowWrite.Insert(RowKeyPrefixes.OpenSaga + "0", new Dictionary<string, object>())]), default);

        var unknown = new List<UnknownSaga>();
        await foreach (var saga in Sweeper().ListUnknownAsync(default))
        {
            unknown.Add(saga);
        }

        Assert.Equal(AddressOf("s-1"), Assert.Single(unknown).Address);
    }

    /// <summary>Two rows of one saga are due, and the next look of both has one key.</summary>
    [Fact]
    public async Task A_second_row_of_a_saga_holds_up_neither_it_nor_its_neighbours()
    {
        var first = _fixture.Time.GetUtcNow() + _options.WakeAgainAfter;
        _saga.Number = 2;
        await StartAsync("s-1");
        await StartAsync("s-2");
        _saga.Number = 1;
        await _fixture.Memory.WriteAsync(new RowTransaction(OutboxFixture.Partition, [OpenSagas.ToInsert(AddressOf("s-1"), first - TimeSpan.FromSeconds(1), 0)]), default);
        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(new SagaSweepResult { Open = 3, Unknown = 3 }, await SweepAsync());
        Assert.Equal(default, await SweepAsync());
        _fixture.Time.Advance(_options.WakeAgainAfter);
        Assert.Equal(new SagaSweepResult { Open = 2, Unknown = 2 }, await SweepAsync());
    }

    /// <summary>The list could not be written when it was parked; the sweeper does so.</summary>
    [Fact]
    public async Task A_parked_saga_that_is_not_listed_is_listed_by_the_sweeper()
    {
        _saga.Answer = () => new StepOutcome.OutcomeUnknown("No reply.");
        _saga.Asked = () => new ProbeOutcome.CannotTell("No record.");
        await StartAsync("s-1");
        _app.Gate.Before = what => what.Contains(_options.ParkedTable, StringComparison.Ordinal) ? throw new StoreUnavailableException("403") : Task.CompletedTask;
        await Runner().AdvanceAsync(AddressOf("s-1"), default);
        _fixture.Time.Advance(_options.WakeAgainAfter);
        await SweepAsync();
        Assert.Empty(await _fixture.RowsAsync(_options.ParkedTable, "parked~all"));
        _app.Gate.Before = null;
        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(new SagaSweepResult { Open = 1 }, await SweepAsync());

        Assert.Single(await _fixture.RowsAsync(_options.ParkedTable, "parked~all"));
        Assert.Null(await new OpenSagas(_fixture.Memory).NextAsync(OutboxFixture.Partition, default));
    }

    [Fact]
    public async Task One_row_that_can_not_be_read_from_the_store_hides_none_behind_it()
    {
        foreach (var number in Enumerable.Range(1, 5))
        {
            await StartAsync($"s-{number}");
        }

        _app.Gate.Before = what => what.EndsWith("saga|s-1", StringComparison.Ordinal) ? throw new StoreUnavailableException("500") : Task.CompletedTask;
        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(new SagaSweepResult { Open = 5, Woken = 4, Unreadable = 1 }, await SweepAsync());
    }

    /// <summary>Two apps in one partition: the sweeper of each looks at its own sagas and does not put off those of the other.</summary>
    [Fact]
    public async Task A_saga_of_another_app_in_the_same_partition_is_left_to_it()
    {
        _options.AppName = "shop";
        await StartAsync("s-1");
        _options.AppName = "bank";
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await StartAsync("s-2");
        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(new SagaSweepResult { Open = 1, Woken = 1 }, await SweepAsync());
        Assert.Equal((0, 1), (await TransitionOfAsync("s-1"), await TransitionOfAsync("s-2")));
        Assert.Equal(_fixture.Time.GetUtcNow() + _options.WakeAgainAfter, await new OpenSagas(_fixture.Memory, "bank").NextAsync(OutboxFixture.Partition, default));
        Assert.Null(await new OpenSagas(_fixture.Memory).NextAsync(OutboxFixture.Partition, default));

        _options.AppName = "shop";
        Assert.Equal(new SagaSweepResult { Open = 1, Woken = 1 }, await SweepAsync());
        Assert.Equal((1, 1), (await TransitionOfAsync("s-1"), await TransitionOfAsync("s-2")));
    }

    /// <summary>A rolling deployment over the build before, whose rows of open sagas bore no app's name; its sweeper moves those of this build to such rows as well.</summary>
    [Fact]
    public async Task A_saga_of_the_build_before_keeps_its_note_and_is_woken()
    {
        _options.AppName = "shop";
        await StartAsync("s-1");
        var row = Assert.Single(await _fixture.RowsAsync(OutboxFixture.Partition.Table, OutboxFixture.Partition.PartitionKey, RowKeyPrefixes.OpenSaga));
        var earlier = row.Values.Where(value => value.Key != "App").ToDictionary();
        Assert.Equal(row.Values.Count - 1, earlier.Count);
        await _fixture.Memory.WriteAsync(new RowTransaction(OutboxFixture.Partition, [RowWrite.Replace(row.Address.RowKey, earlier, row.ETag)]), default);
        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(_fixture.Time.GetUtcNow(), await new OpenSagas(_fixture.Memory, "shop").NextAsync(OutboxFixture.Partition, default));
        Assert.Equal(new SagaSweepResult { Open = 1, Woken = 1 }, await SweepAsync());
        Assert.Equal(1, await TransitionOfAsync("s-1"));
    }

    /// <summary>Rows that name no saga can't be moved; a page of them in front holds up nobody.</summary>
    [Fact]
    public async Task A_page_of_rows_that_name_no_saga_does_not_keep_those_behind_it_waiting()
    {
        for (var number = 0; number < 150; number++)
        {
            await _fixture.Memory.WriteAsync(new RowTransaction(OutboxFixture.Partition, [RowWrite.Insert($"{RowKeyPrefixes.OpenSaga}00{number:D3}", new Dictionary<string, object>())]), default);
        }

        await StartAsync("s-1");
        _fixture.Time.Advance(_options.WakeAgainAfter);

        Assert.Equal(new SagaSweepResult { Open = 151, Woken = 1, Unreadable = 150 }, await SweepAsync());
    }

    /// <summary>Its look reads the saga and removes its row; only where a person had decided are the decisions looked for.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 2)]
    public async Task The_end_of_a_saga_about_which_nobody_decided_costs_no_query(bool isDecided, int more)
    {
        _options.Retention = TimeSpan.FromDays(30);
        _saga.Answer = () => isDecided ? new StepOutcome.OutcomeUnknown("No reply.") : new StepOutcome.Done();
        _saga.Asked = () => new ProbeOutcome.CannotTell("No record.");
        await StartAsync("s-1");
        await Runner().AdvanceAsync(AddressOf("s-1"), default);
        if (isDecided)
        {
            _fixture.Time.Advance(_options.WakeAgainAfter);
            await SweepAsync();
            var parking = (await Runner().FindAsync(AddressOf("s-1"), default))!.Parking!.Value;
            var waiting = new ParkedSagas(new SagaDefinitions([_saga]), Transitions(), new ParkedSagaIndex(_app.Writer, _options), _options, _fixture.Time, NullLogger<ParkedSagas>.Instance);
            await waiting.ResolveAsync(AddressOf("s-1"), parking, ParkedDecision.Succeeded, "I saw it.", "eve", default);
            await Runner().AdvanceAsync(AddressOf("s-1"), default);
        }

        _fixture.Time.Advance(_options.WakeAgainAfter);
        var calls = new List<string>();
        _app.Gate.Before = what =>
        {
            if (what.Contains($" {OutboxFixture.Partition}/", StringComparison.Ordinal))
            {
                calls.Add(what);
            }

            return Task.CompletedTask;
        };

        Assert.Equal(new SagaSweepResult { Ended = 1 }, await SweepAsync());
        Assert.Equal(3 + more, calls.Count);
    }

    private static SagaAddress AddressOf(string id) => new(OutboxFixture.Partition, id);

    private async Task<long> TransitionOfAsync(string id) => (await Runner().FindAsync(AddressOf(id), default))!.Transition;

    private SagaTransitions Transitions() => new(_app.Writer, _options, _app.Outbox);

    private SagaRunner Runner() => new(new SagaDefinitions([_saga]), Transitions(), new ParkedSagaIndex(_app.Writer, _options), _options, _fixture.Time, NullLogger<SagaRunner>.Instance);

    private async Task StartAsync(string id)
    {
        var start = Runner().Start(AddressOf(id), "waiting", "", ScriptedStep.ScriptJson.Default.String);
        await _app.Outbox.PrepareAsync(OutboxFixture.Partition, default);
        Assert.IsType<CommitOutcome.Written>(await _app.Writer.WriteAsync(OutboxFixture.Partition, [.. start.Rows, .. _app.Outbox.ToRows("start-" + id, start.Messages)], default));
        await SendAsync();
    }

    /// <summary>Everything that is committed is sent; whether it ever comes is another matter.</summary>
    private async Task SendAsync()
    {
        foreach (var row in await _fixture.UnsentAsync())
        {
            await _app.FlushAsync(OutboxRow.FromRow(row).OperationHash);
        }
    }

    private Task<SagaSweepResult> SweepAsync() => Sweeper().SweepAsync(default);

    private SagaSweeper Sweeper() =>
        new(_app.Register, new SagaDefinitions([_saga]), Transitions(), new ParkedSagaIndex(_app.Writer, _options), _app.Writer, _options, _fixture.Time, NullLogger<SagaSweeper>.Instance);

    /// <summary>The message that the broker got last is the first that it gives to anyone.</summary>
    private async Task<SagaAdvanceOutcome> DeliverNextAsync()
    {
        await SendAsync();
        return await Runner().AdvanceAsync(SagaWakeUp.TryParse(_fixture.Broker.Received[^1].Body)!, default);
    }

    private sealed class WaitingSaga : SagaDefinition
    {
        private readonly WaitingStep _step;

        public WaitingSaga() => _step = new WaitingStep(this);

        public Func<StepOutcome> Answer { get; set; } = () => new StepOutcome.Done();

        public Func<ProbeOutcome> Asked { get; set; } = () => new ProbeOutcome.NotHappened();

        public override string Name => "waiting";

        public int Number { get; set; } = 1;

        public override int Version => Number;

        public override TimeSpan Timeout => TimeSpan.FromDays(30);

        public override IReadOnlyList<SagaStep> Steps => [_step];
    }

    private sealed class WaitingStep(WaitingSaga saga) : SagaStep
    {
        public override string Name => "wait";

        public override async Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return saga.Answer();
        }

        public override Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken) => Task.FromResult(saga.Asked());

        public override Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken) => Task.FromResult<CompensationOutcome>(new CompensationOutcome.Done());
    }
}
