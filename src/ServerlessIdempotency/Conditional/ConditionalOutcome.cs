using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Conditional;

/// <summary>What became of a conditional update.</summary>
public abstract record ConditionalOutcome
{
    private ConditionalOutcome()
    {
    }

    /// <summary>The condition held, and the change is written.</summary>
    /// <param name="Row">The row as this update left it.</param>
    public sealed record Updated(Row Row) : ConditionalOutcome;

    /// <summary>The condition does not hold; nothing was written.</summary>
    /// <param name="Current">The row that failed it.</param>
    public sealed record ConditionFailed(Row Current) : ConditionalOutcome;

    /// <summary>There is no such row; nothing was written.</summary>
    public sealed record NotFound : ConditionalOutcome;

    /// <summary>The condition kept holding while others kept changing the row, so the update was given up; nothing was written, and it may be tried later.</summary>
    /// <param name="Attempts">How often it was tried.</param>
    public sealed record Contended(int Attempts) : ConditionalOutcome;
}
