using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace ServerlessIdempotency.AspNetCore.Tests.Hosting;

/// <summary>Fake time that tells when a caller has begun to wait, so that a test moves the time neither too early nor by guess.</summary>
internal sealed class TestClock() : FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero))
{
    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>The next pause of a caller that waits for another one's result; renewals of leases pause longer and are left out.</summary>
    public Task<TimeSpan> NextPauseAsync() => _pauses.Reader.ReadAsync().AsTask();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= TimeSpan.FromSeconds(1))
        {
            _pauses.Writer.TryWrite(dueTime);
        }

        return timer;
    }
}
