namespace ServerlessIdempotency.Sagas;

/// <summary>
/// How far a saga came. In every case but <see cref="HeldElsewhere"/> and <see cref="Waiting"/> with <c>IsLatestWakeUp</c> the message that caused the advance may be
/// completed: a later wake-up is already committed, or none is needed.
/// </summary>
public abstract record SagaAdvanceOutcome
{
    private SagaAdvanceOutcome()
    {
    }

    /// <summary>It has completed or is compensated.</summary>
    /// <param name="Saga">The saga.</param>
    public sealed record Ended(SagaSnapshot Saga) : SagaAdvanceOutcome;

    /// <summary>It waits for a person.</summary>
    /// <param name="Saga">The saga, with the reason.</param>
    public sealed record Parked(SagaSnapshot Saga) : SagaAdvanceOutcome;

    /// <summary>It waits for a moment.</summary>
    /// <param name="Until">The moment.</param>
    /// <param name="IsLatestWakeUp">The wake-up came too early and no other will follow: let it come again.</param>
    public sealed record Waiting(DateTimeOffset Until, bool IsLatestWakeUp) : SagaAdvanceOutcome;

    /// <summary>Another instance is at it; this one did nothing.</summary>
    /// <param name="Until">When that instance's lease ends.</param>
    /// <param name="IsLatestWakeUp">The wake-up came too early and no other will follow: let it come again.</param>
    public sealed record HeldElsewhere(DateTimeOffset Until, bool IsLatestWakeUp) : SagaAdvanceOutcome;

    /// <summary>
    /// This instance does not know the saga's definition, its version or one of its steps, or can't read it, and left it alone. The sweeper of one that does wakes it.
    /// </summary>
    /// <param name="Why">What is unknown.</param>
    public sealed record NotKnown(string Why) : SagaAdvanceOutcome;

    /// <summary>There is no such saga.</summary>
    public sealed record NotFound : SagaAdvanceOutcome;
}
