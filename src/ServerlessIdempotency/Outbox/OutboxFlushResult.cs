namespace ServerlessIdempotency.Outbox;

/// <summary>What an attempt to send the messages of a partition came to.</summary>
/// <param name="Sent">Messages that the broker has and whose rows are removed.</param>
/// <param name="Parked">Messages that were given up in this attempt.</param>
/// <param name="Remaining">Messages still to be sent, now or later; those parked are not among them.</param>
internal readonly record struct OutboxFlushResult(int Sent, int Parked, int Remaining)
{
    /// <summary>How many of the remaining were seen to be older than they should be.</summary>
    public int Overdue { get; init; }

    /// <summary>When the oldest of those was committed.</summary>
    public DateTimeOffset? Oldest { get; init; }

    internal static OutboxFlushResult Sum(IEnumerable<OutboxFlushResult> results) =>
        results.Aggregate(default(OutboxFlushResult), (left, right) => new(left.Sent + right.Sent, left.Parked + right.Parked, left.Remaining + right.Remaining)
        {
            Overdue = left.Overdue + right.Overdue,
            Oldest = left.Oldest < right.Oldest ? left.Oldest : right.Oldest ?? left.Oldest,
        });
}
