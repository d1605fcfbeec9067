namespace ServerlessIdempotency.Testing.Scheduling;

/// <summary>The true time of a run. It stands still until the explorer lets it pass, up to the next timer that is due.</summary>
internal sealed class WorldClock(DateTimeOffset beginsAt)
{
    private readonly SortedSet<ProcessTimer> _timers = new(Comparer<ProcessTimer>.Create((left, right) => (left.DueAt, left.Id).CompareTo((right.DueAt, right.Id))));
    private readonly Lock _lock = new();
    private long _timerIds;

    public DateTimeOffset Now { get; private set; } = beginsAt;

    public long NextId() => Interlocked.Increment(ref _timerIds);

    public void Add(ProcessTimer timer)
    {
        lock (_lock)
        {
            _timers.Add(timer);
        }
    }

    public void Remove(ProcessTimer timer)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
        }
    }

    /// <summary>When the next timer fires of a process that is alive and not stalled; null where there is none.</summary>
    public DateTimeOffset? NextDue()
    {
        lock (_lock)
        {
            return _timers.FirstOrDefault(timer => timer.Clock.IsRunning)?.DueAt;
        }
    }

    /// <summary>Lets time pass and fires what is due, in the order of its moments.</summary>
    public void AdvanceTo(DateTimeOffset moment)
    {
        Now = moment > Now ? moment : Now;
        FireDue();
    }

    public void FireDue()
    {
        while (true)
        {
            ProcessTimer? due;
            lock (_lock)
            {
                due = _timers.FirstOrDefault(timer => timer.Clock.IsRunning && timer.DueAt <= Now);
            }

            if (due is null)
            {
                return;
            }

            due.Fire();
        }
    }

    public void RemoveAll(ProcessClock clock)
    {
        lock (_lock)
        {
            _timers.RemoveWhere(timer => timer.Clock == clock);
        }
    }
}
