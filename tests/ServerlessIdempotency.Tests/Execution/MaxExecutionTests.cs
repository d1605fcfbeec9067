using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Rows;

namespace ServerlessIdempotency.Tests.Execution;

/// <summary>How long an execution may take, and when callers are told to ask again meanwhile.</summary>
public sealed class MaxExecutionTests
{
    private readonly EngineFixture _fixture = new();

    // Guards the deadline in LeaseRenewal.
    [Fact(Timeout = 60_000)]
    public async Task A_handler_that_takes_too_long_is_told_to_stop_and_the_next_retry_runs_at_once()
    {
        var started = new TaskCompletionSource<CancellationToken>();
        var running = _fixture.NewEngine().ExecuteAsync<OperationResult>(
            EngineFixture.Operation() with { MaxExecution = TimeSpan.FromMinutes(2) },
            async (_, cancellationToken) =>
            {
                started.SetResult(cancellationToken);
                await Task.Delay(Timeout.Infinite, cancellationToken);
                throw new InvalidOperationException("Unreachable.");
            },
            default);
        var handlerToken = await started.Task;
        await PassRenewalAsync();
        await PassRenewalAsync();
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(59_999));
        Assert.False(handlerToken.IsCancellationRequested);
        while (!running.IsCompleted)
        {
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        var told = Assert.IsType<ExecutionOutcome.TimedOut>(await running);
        Assert.Equal(TimeSpan.FromMinutes(2), told.MaxExecution);
        Assert.IsAssignableFrom<OperationCanceledException>(told.Cause);
        Assert.IsType<ExecutionOutcome.Executed>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));
    }

    // Guards the upper bound in Claim.RenewAsync: the lease never goes beyond what the execution may take.
    [Fact(Timeout = 60_000)]
    public async Task A_handler_that_does_not_stop_is_no_longer_waited_for_and_heard_unless_another_one_was_faster()
    {
        var goOn = new TaskCompletionSource();
        var running = _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation() with { MaxExecution = TimeSpan.FromSeconds(90) },
            async (_, _) =>
            {
                await goOn.Task;
                return HandlerOutcome.Completed(EngineFixture.Result("late"));
            },
            default);
        await PassRenewalAsync();
        _fixture.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(TimeSpan.FromSeconds(2), (await AskAsync()).LeaseLeft);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        goOn.SetResult();
        Assert.Equal("late", EngineFixture.Text(Assert.IsType<ExecutionOutcome.Executed>(await running).Result));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_handler_that_is_run_again_has_no_more_time_for_it()
    {
        var runs = 0;
        var outcome = await _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation() with { MaxExecution = TimeSpan.FromSeconds(50) },
            async (_, cancellationToken) =>
            {
                if (++runs == 1)
                {
                    _fixture.Time.Advance(TimeSpan.FromSeconds(20));
                    return HandlerOutcome.Completed(EngineFixture.Result("too early"), rows: [RowWrite.Replace("missing", new Dictionary<string, object>(), "1")]);
                }

                var stopped = Task.Delay(Timeout.Infinite, cancellationToken);
                _fixture.Time.Advance(TimeSpan.FromSeconds(30));
                await stopped;
                throw new InvalidOperationException("Unreachable.");
            },
            default);

        Assert.IsType<ExecutionOutcome.TimedOut>(outcome);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 1)]
    [InlineData(3, 3)]
    [InlineData(20, 20)]
    [InlineData(45, 16)]
    [InlineData(60.9, 0.1)]
    public async Task Callers_are_told_to_ask_again_soon_and_never_past_the_leases_end(double age, double retryAfter)
    {
        // The executor has died.
        await Assert.ThrowsAsync<InvalidOperationException>(() => DieAsync());
        _fixture.Time.Advance(TimeSpan.FromSeconds(age));

        Assert.Equal(TimeSpan.FromSeconds(retryAfter), (await AskAsync()).RetryAfter);
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(86_401)]
    public async Task A_limit_out_of_range_is_refused_before_anything_is_done(double seconds)
    {
        var fault = await Assert.ThrowsAsync<ArgumentException>(() => _fixture.NewEngine().ExecuteAsync(
            EngineFixture.Operation() with { MaxExecution = TimeSpan.FromSeconds(seconds) }, _fixture.Handle, default));

        Assert.Contains("MaxExecution", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, _fixture.Store.Writes);
    }

    private async Task<ExecutionOutcome.InProgress> AskAsync() =>
        Assert.IsType<ExecutionOutcome.InProgress>(await _fixture.NewEngine().ExecuteAsync(EngineFixture.Operation(), _fixture.Handle, default));

    private async Task DieAsync()
    {
        var partitioned = new FaultyRowStore(_fixture.Memory);
        await _fixture.NewEngine(partitioned).ExecuteAsync<OperationResult>(
            EngineFixture.Operation(),
            (_, _) =>
            {
                partitioned.IsDown = true;
                throw new InvalidOperationException("The process dies.");
            },
            default);
    }

    private async Task PassRenewalAsync()
    {
        var writes = _fixture.Store.Writes;
        _fixture.Time.Advance(_fixture.Options.Lease / 2);
        while (_fixture.Store.Writes == writes)
        {
            await Task.Yield();
        }
    }
}
