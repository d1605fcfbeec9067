using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using TestDoubles.Execution;
using TestDoubles.Time;

namespace ServerlessIdempotency.Tests.Execution;

/// <summary>Law 15: timers fire a little early, and nothing takes that for the moment itself.</summary>
public sealed class EarlyTimerTests
{
    private readonly EngineFixture _fixture = new();
    private readonly EarlyTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [Fact(Timeout = 60_000)]
    public async Task A_wait_for_another_ones_result_lasts_as_long_as_was_asked_for()
    {
        var done = new TaskCompletionSource();
        var holder = _fixture.NewEngine(time: _time).ExecuteAsync(EngineFixture.Operation(), (_, _) => ThenCompleteAsync(done.Task), default);
        var wait = TimeSpan.FromSeconds(5);
        var until = _time.GetUtcNow() + wait;
        var waiter = _fixture.NewEngine(time: _time).ExecuteAsync(EngineFixture.Operation() with { Wait = wait }, _fixture.Handle, default);
        while (!waiter.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(0.7));
            await Task.Yield();
        }

        Assert.IsType<ExecutionOutcome.InProgress>(await waiter);
        Assert.True(_time.GetUtcNow() >= until);
        done.SetResult();
        Assert.IsType<ExecutionOutcome.Executed>(await holder);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lease_is_renewed_for_as_long_as_the_handler_runs()
    {
        var done = new TaskCompletionSource();
        var running = _fixture.NewEngine(time: _time).ExecuteAsync(EngineFixture.Operation(), (_, _) => ThenCompleteAsync(done.Task), default);
        for (var renewals = 1; renewals <= 6; renewals++)
        {
            var writes = _fixture.Store.Writes;
            _time.AdvanceThrough(_fixture.Options.Lease / 2);
            while (_fixture.Store.Writes == writes)
            {
                await Task.Yield();
            }

            Assert.IsType<ExecutionOutcome.InProgress>(await _fixture.NewEngine(time: _time).ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
        }

        done.SetResult();
        Assert.IsType<ExecutionOutcome.Executed>(await running);
    }

    private static async Task<HandlerOutcome<OperationResult>> ThenCompleteAsync(Task done)
    {
        await done;
        return HandlerOutcome.Completed(EngineFixture.Result("done"));
    }
}
