namespace Payments.Proof.Tests.Outside;

/// <summary>The gateway's own clock, which stands still: what is slow about it is told in our time, before and after it works.</summary>
internal sealed class StandingClock : TimeProvider
{
    private StandingClock()
    {
    }

    public static StandingClock Instance { get; } = new();

    public override DateTimeOffset GetUtcNow() => Now;

    public static DateTimeOffset Now { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
