namespace ServerlessIdempotency.ServiceBus;

/// <summary>How the messages of one queue are consumed in batches.</summary>
public sealed class ServiceBusBatchConsumerOptions
{
    /// <summary>Whether the queue has sessions, whose messages are consumed in order, a batch of one session at a time. Default true.</summary>
    public bool HasSessions { get; set; } = true;

    /// <summary>The most messages of a batch. Default 100, range 1 to 1,000.</summary>
    public int MaxMessages { get; set; } = 100;

    /// <summary>How many batches are consumed at the same time. Default 4, range 1 to 1,000.</summary>
    public int Concurrency { get; set; } = 4;

    /// <summary>How long a receiver waits for its next messages; a session that has none by then is left to others. Default 1 s, range 1 ms to 5 min.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(1);

    internal void ThrowIfInvalid()
    {
        if (MaxMessages is < 1 or > 1_000)
        {
            throw new ArgumentOutOfRangeException(nameof(MaxMessages), MaxMessages, "Set it between 1 and 1000.");
        }

        if (Concurrency is < 1 or > 1_000)
        {
            throw new ArgumentOutOfRangeException(nameof(Concurrency), Concurrency, "Set it between 1 and 1000.");
        }

        if (MaxWait < TimeSpan.FromMilliseconds(1) || MaxWait > TimeSpan.FromMinutes(5))
        {
            throw new ArgumentOutOfRangeException(nameof(MaxWait), MaxWait, "Set it between 00:00:00.001 and 00:05:00.");
        }
    }
}
