using Microsoft.Extensions.Time.Testing;

namespace TestDoubles.Time;

/// <summary>
/// Fake time whose timers fire a little before their moment, as those of .NET do: they count in whole milliseconds of a coarse clock, so what fires "after 10 s" may see a
/// clock that says 9.9984 s. Who takes "the timer fired" for "the moment has passed" fails with it. A timer that is set again for what is left fires in time.
/// </summary>
public sealed class EarlyTimeProvider(DateTimeOffset start) : FakeTimeProvider(start)
{
    /// <summary>How much too early a timer fires.</summary>
    public static readonly TimeSpan Early = TimeSpan.FromMilliseconds(1.6);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new EarlyTimer(base.CreateTimer(callback, state, Earlier(dueTime), Earlier(period)));

    /// <summary>Moves time to where a timer set now for this fires, and then a millisecond past where it should, which is as exact as a timer can be.</summary>
    public void AdvanceThrough(TimeSpan dueTime)
    {
        Advance(Earlier(dueTime));
        Advance(dueTime - Earlier(dueTime) + TimeSpan.FromMilliseconds(1));
    }

    private static TimeSpan Earlier(TimeSpan time) => time > 2 * Early ? time - Early : time;

    private sealed class EarlyTimer(ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Earlier(dueTime), Earlier(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
