namespace Payments.Proof.Tests.Outside;

/// <summary>
/// The gateway's own clock, which stands still until the gateway decides, and from then on goes on at each look: what is slow about it is told in our time, before and after it works.
/// </summary>
internal sealed class GatewayClock : TimeProvider
{
    private DateTimeOffset _now = StandingClock.Now;
    private bool _goes;

    public override DateTimeOffset GetUtcNow() => _goes ? _now += TimeSpan.FromSeconds(1) : _now;

    /// <summary>Whatever the gateway left or leaves undecided is decided from now on.</summary>
    public void Decide() => _goes = true;
}
