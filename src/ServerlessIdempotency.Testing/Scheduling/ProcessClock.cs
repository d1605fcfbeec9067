namespace ServerlessIdempotency.Testing.Scheduling;

/// <summary>The clock of one process: the true time with the process's own skew, and timers that fire on its scheduler.</summary>
internal sealed class ProcessClock(WorldClock world, ProcessScheduler scheduler) : TimeProvider
{
    public WorldClock World { get; } = world;

    public ProcessScheduler Scheduler { get; } = scheduler;

    /// <summary>False while the process stands still and after its death.</summary>
    public bool IsRunning { get; set; } = true;

    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => World.Now + Skew;

    public override long GetTimestamp() => World.Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ProcessTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
