namespace LocalServiceBus.Queues;

/// <summary>Calls the queue at the next moment at which something happens by itself. It only matters while nobody asks.</summary>
internal sealed class QueueTimer : IDisposable
{
    // Timers take at most about 49 days.
    private static readonly TimeSpan MaxWait = TimeSpan.FromDays(1);

    private readonly ITimer _timer;
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;

    public QueueTimer(TimeProvider time, Action fired) =>
        _timer = time.CreateTimer(static state => ((Action)state!)(), fired, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>
    /// The timer has fired and is set for nothing, whatever the clock says: timers fire up to some milliseconds early, and what is left has to be waited for.
    /// </summary>
    public void Fired() => _armedFor = DateTimeOffset.MaxValue;

    /// <summary>Sees to it that the queue is called at the moment, or before.</summary>
    public void Arm(DateTimeOffset next, DateTimeOffset now)
    {
        if (_armedFor <= now)
        {
            _armedFor = DateTimeOffset.MaxValue;
        }

        // A timer that fires too early only looks and arms again, so it is touched only when it would fire too late.
        if (next >= _armedFor)
        {
            return;
        }

        // What was restored may be overdue. The timer cuts off parts of a millisecond, and would then fire too early again and again.
        var wait = next > now ? TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min((next - now).TotalMilliseconds, MaxWait.TotalMilliseconds))) : TimeSpan.Zero;
        _armedFor = wait < MaxWait ? next : now + MaxWait;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
