namespace ServerlessIdempotency.Testing.Scheduling;

internal sealed class ProcessTimer(ProcessClock clock, TimerCallback callback, object? state) : ITimer
{
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private TimeSpan _period = Timeout.InfiniteTimeSpan;

    public long Id { get; } = clock.World.NextId();

    public ProcessClock Clock { get; } = clock;

    public DateTimeOffset DueAt { get; private set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        Clock.World.Remove(this);
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            DueAt = Clock.World.Now + dueTime;
            Clock.World.Add(this);
        }

        return true;
    }

    public void Fire()
    {
        Clock.World.Remove(this);
        if (_period != Timeout.InfiniteTimeSpan && _period > TimeSpan.Zero)
        {
            DueAt = Clock.World.Now + _period;
            Clock.World.Add(this);
        }

        Clock.Scheduler.Post(() =>
        {
            if (_context is null)
            {
                callback(state);
            }
            else
            {
                ExecutionContext.Run(_context, context => callback(context), state);
            }
        });
    }

    public void Dispose() => Clock.World.Remove(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
