namespace ServerlessIdempotency.ServiceBus;

/// <summary>How the messages of one queue are consumed.</summary>
public sealed class ServiceBusConsumerOptions
{
    /// <summary>Whether the queue has sessions, whose messages are consumed in order, one at a time. Default true.</summary>
    public bool HasSessions { get; set; } = true;

    /// <summary>How many sessions, or messages where there are none, are consumed at the same time. Default 16, range 1 to 1,000.</summary>
    public int Concurrency { get; set; } = 16;

    /// <summary>
    /// How long a session that has no more messages is kept, in case another one comes. It is more than a round trip to the broker; while it lasts no other session
    /// is taken in its place. Default 1 s, range 1 ms to 5 min.
    /// </summary>
    public TimeSpan SessionIdleTimeout { get; set; } = TimeSpan.FromSeconds(1);

    internal void ThrowIfInvalid()
    {
        if (Concurrency is < 1 or > 1_000)
        {
            throw new ArgumentOutOfRangeException(nameof(Concurrency), Concurrency, "Set it between 1 and 1000.");
        }

        if (SessionIdleTimeout < TimeSpan.FromMilliseconds(1) || SessionIdleTimeout > TimeSpan.FromMinutes(5))
        {
            throw new ArgumentOutOfRangeException(nameof(SessionIdleTimeout), SessionIdleTimeout, "Set it between 00:00:00.001 and 00:05:00.");
        }
    }
}
