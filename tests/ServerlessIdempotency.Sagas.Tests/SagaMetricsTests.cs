using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Rows;
using TestDoubles.Telemetry;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>Faults of definitions, sagas that wait for a person and those that nobody here knows are counted by the meter of the app's host.</summary>
public sealed class SagaMetricsTests : IDisposable
{
    private readonly CountingMeters _meters = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task A_step_that_throws_is_a_fault_and_what_nobody_can_tell_is_parked()
    {
        await AdvanceAsync(new AdHocSaga(new AdHocStep("charge", () => throw new IOException("cut"))));
        Assert.Equal(["sagas.faults definition=order call=step: 1", "sagas.parked definition=order: 1"], _meters.Counts);
    }

    [Fact]
    public async Task What_a_step_gives_and_no_store_takes_is_a_fault()
    {
        var rows = new SagaEffects { Rows = [RowWrite.Insert("line", new Dictionary<string, object> { ["Price"] = 1.5m })] };
        await AdvanceAsync(new AdHocSaga(new AdHocStep("charge", () => new StepOutcome.Done { Effects = rows })));
        Assert.Equal(["sagas.faults definition=order call=effects: 1", "sagas.parked definition=order: 1"], _meters.Counts);
    }

    [Fact]
    public async Task An_end_that_throws_is_a_fault()
    {
        await AdvanceAsync(new AdHocSaga(new AdHocStep("charge")) { End = saga => saga.HasEnded ? throw new InvalidOperationException("Oh.") : SagaEffects.None });
        Assert.Equal(["sagas.faults definition=order call=end: 1", "sagas.parked definition=order: 1"], _meters.Counts);
    }

    /// <summary>It ignores its token, so it is left behind at the end of its time; nobody waits for it any more, and what it throws then is told all the same.</summary>
    [Fact]
    public async Task What_a_step_that_was_left_behind_throws_at_last_is_a_fault()
    {
        var step = new DeafStep();
        await using var provider = Provider(new AdHocSaga(step), store: null);
        await StartAsync(provider);
        var advancing = provider.GetRequiredService<SagaRunner>().AdvanceAsync(SagaWorld.Address, default);
        await step.IsCalled.Task.WaitAsync(TimeSpan.FromMinutes(1));
        _time.Advance(step.Timeout);
        Assert.IsType<SagaAdvanceOutcome.Parked>(await advancing.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(["sagas.parked definition=order: 1"], _meters.Counts);

        step.Answer.SetException(new IOException("cut"));

        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (_meters.Counts.Count == 1)
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal(["sagas.faults definition=order call=late step: 1", "sagas.parked definition=order: 1"], _meters.Counts);
    }

    [Fact]
    public async Task A_saga_that_ends_well_counts_nothing()
    {
        await AdvanceAsync(new AdHocSaga(new AdHocStep("charge")));
        Assert.Empty(_meters.Counts);
    }

    [Fact]
    public async Task A_saga_that_is_not_known_here_is_counted_by_who_meets_it()
    {
        await using var other = Provider(new AdHocSaga(new AdHocStep("charge")), store: null);
        var store = await StartAsync(other);
        await using var provider = Provider(new AdHocSaga(new AdHocStep("other")), store);

        await provider.GetRequiredService<SagaRunner>().AdvanceAsync(SagaWorld.Address, default);
        _time.Advance(TimeSpan.FromMinutes(5));
        await provider.GetRequiredService<SagaSweeper>().SweepAsync(default);

        Assert.Equal(["sagas.not_known definition=order: 2"], _meters.Counts);
    }

    [Fact]
    public async Task A_saga_that_is_woken_again_is_counted_and_so_is_one_that_can_not_be_read()
    {
        await using var provider = Provider(new AdHocSaga(new AdHocStep("charge")), store: null);
        var store = await StartAsync(provider);
        _time.Advance(TimeSpan.FromMinutes(5));
        await provider.GetRequiredService<SagaSweeper>().SweepAsync(default);
        Assert.Equal(["sagas.woken_again definition=order: 1"], _meters.Counts);

        var row = (await store.ReadAsync(SagaWorld.Address.Row, default))!;
        await store.WriteAsync(new RowTransaction(SagaWorld.Address.Partition, [RowWrite.Replace(row.Address.RowKey, new Dictionary<string, object> { ["SchemaVersion"] = 9 }, row.ETag)]), default);
        _time.Advance(TimeSpan.FromMinutes(5));
        await provider.GetRequiredService<SagaSweeper>().SweepAsync(default);
        Assert.Equal(["sagas.unreadable: 1", "sagas.woken_again definition=order: 1"], _meters.Counts);
    }

    /// <summary>A store that is away is an outage, and no saga that a person has to look at.</summary>
    [Fact]
    public async Task A_saga_whose_store_is_away_is_not_counted_as_unreadable()
    {
        var faulty = new FaultyRowStore();
        await using var provider = Provider(new AdHocSaga(new AdHocStep("charge")), faulty);
        await StartAsync(provider);
        _time.Advance(TimeSpan.FromMinutes(5));
        faulty.FailReads(Fault.Before);

        Assert.Equal(1, (await provider.GetRequiredService<SagaSweeper>().SweepAsync(default)).Unreadable);
        Assert.Empty(_meters.Counts);
    }

    private async Task AdvanceAsync(AdHocSaga saga)
    {
        await using var provider = Provider(saga, store: null);
        await StartAsync(provider);
        await provider.GetRequiredService<SagaRunner>().AdvanceAsync(SagaWorld.Address, default);
    }

    private static async Task<IRowStore> StartAsync(ServiceProvider provider)
    {
        var store = provider.GetRequiredService<IRowStore>();
        await provider.GetRequiredService<IOutbox>().PrepareAsync(SagaWorld.Address.Partition, default);
        var start = provider.GetRequiredService<SagaRunner>().Start(SagaWorld.Address, "order", "o-1", ScriptedStep.ScriptJson.Default.String);
        Assert.IsType<WriteOutcome.Applied>(await store.WriteAsync(new RowTransaction(SagaWorld.Address.Partition, start.Rows), default));
        return store;
    }

    private ServiceProvider Provider(SagaDefinition saga, IRowStore? store)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_time).AddSingleton<IMeterFactory>(_meters).AddSingleton<IMessageSender, QuietBroker>().AddSingleton(saga);
        if (store is not null)
        {
            services.AddSingleton(store);
        }

        services.AddIdempotency().AddInMemoryStore().AddOutbox().AddSagas();
        return services.BuildServiceProvider();
    }

    private sealed class DeafStep : SagaStep
    {
        public override string Name => "charge";

        public TaskCompletionSource IsCalled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<StepOutcome> Answer { get; } = new();

        public override Task<StepOutcome> ExecuteAsync(SagaStepContext context, CancellationToken cancellationToken)
        {
            IsCalled.SetResult();
            return Answer.Task;
        }

        public override Task<ProbeOutcome> ProbeAsync(SagaStepContext context, CancellationToken cancellationToken) => Task.FromResult<ProbeOutcome>(new ProbeOutcome.CannotTell("No record."));

        public override Task<CompensationOutcome> CompensateAsync(SagaStepContext context, CancellationToken cancellationToken) => Task.FromResult<CompensationOutcome>(new CompensationOutcome.Done());
    }

    private sealed class QuietBroker : IMessageSender
    {
        public Task<SendOutcome> SendAsync(OutboundMessage message, CancellationToken cancellationToken) => Task.FromResult<SendOutcome>(new SendOutcome.Sent());
    }
}
