namespace ServerlessIdempotency;

/// <summary>Pauses that double, up to a longest.</summary>
internal static class Backoff
{
    // Doubling overflows no TimeSpan: 2^20 times a day is 2,900 years.
    private const int MaxDoublings = 20;

    public static TimeSpan Pause(TimeSpan first, int doublings, TimeSpan longest)
    {
        var pause = first * (1L << Math.Clamp(doublings, 0, MaxDoublings));
        return pause < longest ? pause : longest;
    }
}
