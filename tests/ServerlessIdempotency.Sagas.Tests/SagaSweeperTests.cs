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
        _fixture.Time.Advance(_options.WakeAgainAfter - TimeSpan.FromTicks(1));
        Assert.Equal(new SagaSweepResult(Open: 1, Woken: 0, Ended: 0, Unreadable: 0), await SweepAsync());
        _fixture.Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(new SagaSweepResult(Open: 1, Woken: 1, Ended: 0, Unreadable: 0), await SweepAsync());
        Assert.IsType<SagaAdvanceOutcome.Ended>(await DeliverNextAsync());

        Assert.Equal(new SagaSweepResult(Open: 0, Woken: 0, Ended: 1, Unreadable: 0), await SweepAsync());
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
        Assert.Equal(new SagaSweepResult(Open: 1, Woken: 0, Ended: 0, Unreadable: 0), await SweepAsync());

        var parked = await Runner().FindAsync(AddressOf("s-1"), default);
        var waiting = new ParkedSagas(new SagaDefinitions([_saga]), Transitions(), new ParkedSagaIndex(_app.Writer, _options), _fixture.Time);
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
        Assert.Equal(1, (await SweepAsync()).Ended);
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

        Assert.Equal(new SagaSweepResult(Open: 2, Woken: 1, Ended: 0, Unreadable: 1), await SweepAsync());
    }

    [Fact]
    public async Task Two_sweepers_at_once_wake_a_saga_once()
    {
        await StartAsync("s-1");
        _fixture.Time.Advance(_options.WakeAgainAfter);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(SweepAsync)));

        Assert.Equal(1, results.Sum(result => result.Woken));
    }

    private static SagaAddress AddressOf(string id) => new(OutboxFixture.Partition, id);

    private SagaTransitions Transitions() => new(_app.Writer, _options, _app.Outbox);

    private SagaRunner Runner() => new(new SagaDefinitions([_saga]), Transitions(), new ParkedSagaIndex(_app.Writer, _options), _options, _fixture.Time, NullLogger<SagaRunner>.Instance);

    private async Task StartAsync(string id)
    {
        var start = Runner().Start(AddressOf(id), "waiting", "", ScriptedStep.ScriptJson.Default.String, _fixture.Time.GetUtcNow());
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

    private Task<SagaSweepResult> SweepAsync() =>
        new SagaSweeper(_app.Register, new OpenSagas(_app.Store), Transitions(), _app.Writer, _options, _fixture.Time, NullLogger<SagaSweeper>.Instance).SweepAsync(default);

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
