namespace ServerlessIdempotency.Rows;

/// <summary>What a store answers to a transaction: all of it was applied, or none.</summary>
public abstract record WriteOutcome
{
    private WriteOutcome()
    {
    }

    /// <summary>Every write was applied.</summary>
    /// <param name="ETags">The new version of each row, in the order of the writes; null for a deleted row.</param>
    public sealed record Applied(IReadOnlyList<string?> ETags) : WriteOutcome;

    /// <summary>No write was applied, since the guard of one of them did not hold.</summary>
    /// <param name="Index">Which write was refused, where the store could tell.</param>
    /// <param name="Reason">Why it was refused.</param>
    public sealed record Refused(int? Index, RefusalReason Reason) : WriteOutcome;
}
