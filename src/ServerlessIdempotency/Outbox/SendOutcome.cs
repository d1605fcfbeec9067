namespace ServerlessIdempotency.Outbox;

/// <summary>What became of one attempt to send a message.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>The broker has the message.</summary>
    public sealed record Sent : SendOutcome;

    /// <summary>The broker can't be reached or is busy: no fault of this message, so it is tried again for as long as it takes.</summary>
    /// <param name="Error">What the broker or the network said.</param>
    public sealed record Unavailable(string Error) : SendOutcome;

    /// <summary>This attempt failed, and another may do better. It is counted: after <see cref="OutboxOptions.MaxAttempts"/> the message is parked.</summary>
    /// <param name="Error">What went wrong.</param>
    public sealed record Failed(string Error) : SendOutcome;

    /// <summary>The broker will never take this message as it is (too large, no such queue): it is parked at once.</summary>
    /// <param name="Error">Why.</param>
    public sealed record Refused(string Error) : SendOutcome;
}
