namespace ServerlessIdempotency.Sagas;

/// <summary>What a step says of one attempt to undo it.</summary>
public abstract record CompensationOutcome
{
    private CompensationOutcome()
    {
    }

    /// <summary>Whatever effect the step had is undone, and a late attempt of the step will have none.</summary>
    public sealed record Done : CompensationOutcome
    {
        /// <summary>What is committed with the fact that the step is undone. Nothing by default.</summary>
        public SagaEffects Effects { get; init; } = SagaEffects.None;
    }

    /// <summary>It did not work this time and may the next.</summary>
    /// <param name="Reason">Why, for people.</param>
    /// <param name="After">The least pause before the next attempt; null leaves it to the back-off.</param>
    public sealed record Retryable(string Reason, TimeSpan? After = null) : CompensationOutcome;

    /// <summary>It can't be undone this way: a person has to decide.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Failed(string Reason) : CompensationOutcome;
}
