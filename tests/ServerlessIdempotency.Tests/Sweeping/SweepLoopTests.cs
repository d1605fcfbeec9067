using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Sweeping;
using TestDoubles.Time;

namespace ServerlessIdempotency.Tests.Sweeping;

public sealed class SweepLoopTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly EarlyTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly SemaphoreSlim _swept = new(0);

    /// <summary>Law 15: no interval is lost to a timer that fires a little early.</summary>
    [Fact(Timeout = 60_000)]
    public async Task It_sweeps_at_its_start_and_after_every_interval_although_timers_fire_early()
    {
        using var loop = Loop(_ => Task.CompletedTask);
        await loop.StartAsync(default);
        await _swept.WaitAsync();

        for (var sweeps = 0; sweeps < 3; sweeps++)
        {
            _time.AdvanceThrough(Interval);
            await _swept.WaitAsync();
        }

        await loop.StopAsync(default);
    }

    /// <summary>Guards the filter in <c>SweepLoop.ExecuteAsync</c>: a store's client tells its own time-out as a cancellation.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_sweep_that_ends_as_cancelled_by_itself_does_not_end_the_loop()
    {
        using var loop = Loop(_ => throw new TaskCanceledException("The request timed out."));
        await loop.StartAsync(default);
        await _swept.WaitAsync();

        _time.AdvanceThrough(Interval);
        await _swept.WaitAsync();

        await loop.StopAsync(default);
    }

    public void Dispose() => _swept.Dispose();

    private SweepLoop Loop(Func<CancellationToken, Task> sweep) => new(
        token =>
        {
            _swept.Release();
            return sweep(token);
        },
        Interval,
        _time,
        NullLogger<SweepLoop>.Instance);
}
