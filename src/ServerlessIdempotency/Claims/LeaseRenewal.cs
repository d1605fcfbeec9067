using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.Claims;

/// <summary>
/// Renews a claim at the half-life of its lease while the handler runs, beside it. The handler's token is cancelled when another executor
/// took over, when the lease ran out because the store could not be reached, or when the execution has taken as long as it may.
/// </summary>
internal sealed class LeaseRenewal : IAsyncDisposable
{
    private readonly Claim _claim;
    private readonly TimeSpan _lease;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _lapsed = new();
    private readonly CancellationTokenSource _handler;
    private readonly Task _loop;
    private volatile bool _isTimedOut;

    public LeaseRenewal(Claim claim, TimeProvider timeProvider, ILogger logger, CancellationToken caller)
    {
        _claim = claim;
        _lease = claim.Terms.Lease;
        _timeProvider = timeProvider;
        _logger = logger;
        _handler = CancellationTokenSource.CreateLinkedTokenSource(caller, claim.Lost, _lapsed.Token);
        _loop = RunAsync();
    }

    public CancellationToken HandlerToken => _handler.Token;

    /// <summary>Whether the handler was told to stop since it took as long as it may.</summary>
    public bool IsTimedOut => _isTimedOut;

    public async ValueTask DisposeAsync()
    {
        // Right here and not on the thread pool: all that waits for it is the loop's pause.
        _stop.Cancel();
        await _loop;
        _handler.Dispose();
        _lapsed.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var pause = UntilRenewal();
        while (true)
        {
            try
            {
                await Task.Delay(pause, _timeProvider, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            // By the clock: a timer may fire early.
            if (_claim.Deadline <= _timeProvider.GetUtcNow())
            {
                _logger.ExecutionTimedOut(_claim.Address, _claim.Terms.MaxExecution);
                _isTimedOut = true;
                _lapsed.Cancel();
                return;
            }

            if (_claim.Record.LeaseUntil >= _claim.Deadline)
            {
                pause = UntilDeadline();
                continue;
            }

            try
            {
                if (await _claim.RenewAsync() is not ClaimWriteOutcome.Written)
                {
                    _logger.ClaimLost(_claim.Address);
                    return;
                }

                pause = UntilRenewal();
            }
            catch (Exception exception)
            {
                // Whatever the store says: the handler is told when its lease is over, and keeps its result where it is done before.
                _logger.RenewalFailed(_claim.Address, exception);
                var left = _claim.Record.LeaseUntil - _timeProvider.GetUtcNow();
                if (left <= TimeSpan.Zero)
                {
                    _lapsed.Cancel();
                    return;
                }

                // Try again soon, and once more just when the lease ends.
                pause = TimeSpan.FromTicks(Math.Min(left.Ticks, Math.Max(_lease.Ticks / 8, TimeSpan.TicksPerMillisecond)));
            }
        }
    }

    private TimeSpan UntilRenewal() => _claim.Record.LeaseUntil < _claim.Deadline ? UntilHalfLife() : UntilDeadline();

    // By the record, not from now on: a handler that is run again, or whose claim took long, has less than a whole lease left. Clocks that were set
    // make it no longer than half a lease.
    private TimeSpan UntilHalfLife()
    {
        var left = _claim.Record.LeaseUntil - (_lease / 2) - _timeProvider.GetUtcNow();
        return TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, _lease.Ticks / 2));
    }

    private TimeSpan UntilDeadline()
    {
        // A timer rounds down to whole milliseconds, so less than one of them would be waited for in a loop.
        var left = _claim.Deadline - _timeProvider.GetUtcNow();
        return TimeSpan.FromTicks(Math.Clamp(left.Ticks, TimeSpan.TicksPerMillisecond, _lease.Ticks));
    }
}
