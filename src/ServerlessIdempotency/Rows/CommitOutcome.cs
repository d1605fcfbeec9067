namespace ServerlessIdempotency.Rows;

/// <summary>What became of a logical write after its own lost replies were recognised.</summary>
public abstract record CommitOutcome
{
    private CommitOutcome()
    {
    }

    /// <summary>The write happened, by this attempt or by an earlier one whose reply was lost.</summary>
    /// <param name="GuardETag">The new version of the first row of the transaction; null where that was a delete.</param>
    public sealed record Written(string? GuardETag) : CommitOutcome;

    /// <summary>The write did not happen: somebody else's write stands in the way.</summary>
    /// <param name="Index">Which write was refused; 0 is the guard, the first one. Null where the store could not tell.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Current">The guard row as it is now, where it was the guard that was refused; null where it is absent.</param>
    public sealed record Refused(int? Index, RefusalReason Reason, Row? Current) : CommitOutcome;
}
