using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;
using TestDoubles.Execution;
using TestDoubles.Outbox;
using TestDoubles.Rows;
using TestDoubles.Telemetry;

namespace ServerlessIdempotency.Tests.Telemetry;

/// <summary>What a person has to see is counted by the meter of the app's host.</summary>
public sealed class MetricsTests : IDisposable
{
    private readonly CountingMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Theory]
    [InlineData(CrashPolicy.Block, "outcomes.unknown crash_policy=Block: 1")]
    [InlineData(CrashPolicy.Rerun, null)]
    public async Task An_operation_whose_outcome_is_unknown_is_counted(CrashPolicy policy, string? counted)
    {
        await using var provider = Services(new SendOutcome.Sent()).BuildServiceProvider();

        await Assert.ThrowsAsync<IOException>(() => provider.GetRequiredService<IdempotencyEngine>().ExecuteAsync<string>(
            EngineFixture.Operation() with { CrashPolicy = policy }, (_, _) => throw new IOException("cut"), default));

        Assert.Equal(counted is null ? [] : [counted], _meters.Counts);
    }

    /// <summary>Its process died: whoever finds it first counts it, and nobody else does.</summary>
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task An_unknown_outcome_whose_process_died_is_counted_once_by_who_finds_it(CrashPolicy policy)
    {
        var fixture = new EngineFixture();
        await LeaveBehindAsync(fixture, policy);
        using var engine = Engine(fixture, fixture.Memory);
        for (var call = 0; call < 2; call++)
        {
            Assert.IsType<ExecutionOutcome<string>.OutcomeUnknown>(await engine.ExecuteAsync<string>(EngineFixture.Operation() with { CrashPolicy = policy }, (_, _) => throw new IOException("It does not run."), default));
        }

        Assert.Equal([$"outcomes.unknown crash_policy={policy}: 1"], _meters.Counts);
    }

    /// <summary>It was only slow: that it gives no answer either is no second one.</summary>
    [Fact]
    public async Task An_unknown_outcome_that_was_found_is_not_counted_again_when_its_slow_executor_throws()
    {
        var fixture = new EngineFixture();
        var slow = await LeaveBehindAsync(fixture, CrashPolicy.Block);
        using var engine = Engine(fixture, fixture.Memory);
        await engine.ExecuteAsync<string>(EngineFixture.Operation() with { CrashPolicy = CrashPolicy.Block }, (_, _) => throw new IOException("It does not run."), default);
        await Assert.ThrowsAsync<IOException>(slow);

        Assert.Equal(["outcomes.unknown crash_policy=Block: 1"], _meters.Counts);
    }

    /// <summary>An execution whose lease has passed while the store could not be reached, and which ends without an answer where it is told to go on.</summary>
    private async Task<Func<Task>> LeaveBehindAsync(EngineFixture fixture, CrashPolicy policy)
    {
        var partitioned = new FaultyRowStore(fixture.Memory);
        var (started, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var running = Engine(fixture, partitioned).ExecuteAsync<string>(
            EngineFixture.Operation() with { CrashPolicy = policy },
            async (_, _) =>
            {
                started.SetResult();
                await goOn.Task;
                throw new IOException("cut");
            },
            default);
        await started.Task;
        partitioned.IsDown = true;
        fixture.Time.Advance(fixture.Options.Lease + fixture.Options.ClockSkewMargin);
        return () =>
        {
            partitioned.IsDown = false;
            goOn.SetResult();
            return running;
        };
    }

    private IdempotencyEngine Engine(EngineFixture fixture, IRowStore store) =>
        new(new RowWriter(store, new RowWriterOptions { ResendDelay = TimeSpan.Zero }, fixture.Time), fixture.Options, fixture.Time, NullLogger<IdempotencyEngine>.Instance, outbox: null, new IdempotencyMetrics(_meters));

    [Fact]
    public async Task A_message_that_is_given_up_is_counted()
    {
        await using var provider = Services(new SendOutcome.Refused("No such queue.")).BuildServiceProvider();
        await provider.GetRequiredService<IdempotencyEngine>().ExecuteAsync(
            EngineFixture.Operation() with { SendsMessages = true },
            (_, _) => Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done"), messages: [OutboxFixture.Message("1")])),
            default);

        await provider.GetRequiredService<OutboxDispatcher>().DrainAsync(default);

        Assert.Equal(["messages.parked queue=events: 1"], _meters.Counts);
        await provider.GetRequiredService<OutboxDispatcher>().StopAsync(default);
    }

    // Guards both: the number of each sweep, and the line at most every ten minutes.
    [Fact]
    public async Task Messages_that_the_broker_does_not_take_are_told_by_each_sweep_and_now_and_then_by_the_log()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
        var lines = new RecordedLog();
        var services = Services(new SendOutcome.Unavailable("No connection.")).AddSingleton<TimeProvider>(time);
        services.AddSingleton<ILoggerProvider>(lines);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IdempotencyEngine>().ExecuteAsync(
            EngineFixture.Operation() with { SendsMessages = true },
            (_, _) => Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done"), messages: [OutboxFixture.Message("1")])),
            default);
        await provider.GetRequiredService<OutboxDispatcher>().DrainAsync(default);
        var sweeper = provider.GetRequiredService<OutboxSweeper>();

        for (var minute = 1; minute <= 12; minute++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await sweeper.SweepAsync(default);
        }

        Assert.Contains("messages.overdue: 1", _meters.Counts);
        Assert.Equal(2, lines.Count(LogLevel.Error, "committed messages are unsent"));
        await provider.GetRequiredService<OutboxDispatcher>().StopAsync(default);
    }

    private IServiceCollection Services(SendOutcome outcome)
    {
        var sender = new Mock<IMessageSender>();
        sender.Setup(port => port.SendAsync(It.IsAny<OutboundMessage>(), It.IsAny<CancellationToken>())).ReturnsAsync(outcome);
        var services = new ServiceCollection().AddLogging().AddSingleton<IMeterFactory>(_meters).AddSingleton(sender.Object);
        services.AddIdempotency().AddInMemoryStore().AddOutbox();
        return services;
    }
}
