namespace ServerlessIdempotency.Outbox;

/// <summary>What a sweep came to.</summary>
/// <param name="Partitions">Partitions looked into.</param>
/// <param name="Sent">Stranded messages that were sent.</param>
/// <param name="Parked">Messages that were given up in this sweep.</param>
/// <param name="Remaining">Messages that wait for a later attempt.</param>
/// <param name="Unreadable">Partitions that the store did not answer for; the next sweep looks again.</param>
public readonly record struct SweepResult(int Partitions, int Sent, int Parked, int Remaining, int Unreadable)
{
    /// <summary>How many of the remaining were committed more than a minute ago. Of a backlog that takes several sweeps, those that this one looked at.</summary>
    public int Overdue { get; init; }
}
