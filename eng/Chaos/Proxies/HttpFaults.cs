namespace Chaos.Proxies;

/// <summary>What becomes of one request on its way, chosen before it is passed on.</summary>
/// <param name="IsDropped">It never arrives.</param>
/// <param name="IsReplyLost">It arrives, and its answer does not come back.</param>
/// <param name="IsDuplicated">It arrives at two instances at the same time.</param>
/// <param name="Delay">How long it is held up.</param>
internal sealed record HttpFaults(bool IsDropped, bool IsReplyLost, bool IsDuplicated, TimeSpan Delay)
{
    public static HttpFaults None { get; } = new(false, false, false, TimeSpan.Zero);

    public static HttpFaults Choose(Random random)
    {
        var fate = random.NextDouble();
        var delay = random.NextDouble() < 0.10 ? TimeSpan.FromMilliseconds(random.Next(1, 600)) : TimeSpan.Zero;
        return new HttpFaults(IsDropped: fate < 0.03, IsReplyLost: fate is >= 0.03 and < 0.08, IsDuplicated: fate is >= 0.08 and < 0.16, delay);
    }
}
