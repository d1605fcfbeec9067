using System.Text.Json;

namespace ServerlessIdempotency.Sagas;

/// <summary>What the other side says of a step whose outcome was lost.</summary>
public abstract record ProbeOutcome
{
    private ProbeOutcome()
    {
    }

    /// <summary>The step had its effect.</summary>
    public sealed record Happened : ProbeOutcome
    {
        /// <summary>What the step gave. Nothing by default.</summary>
        public JsonElement? Result { get; init; }

        /// <summary>What is committed with the fact that the step is done. Nothing by default.</summary>
        public SagaEffects Effects { get; init; } = SagaEffects.None;
    }

    /// <summary>The other side has no trace of it, so the step is tried again under the same key: should the lost attempt arrive after all, the key makes the two one.</summary>
    public sealed record NotHappened : ProbeOutcome;

    /// <summary>The other side refused it for good.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Rejected(string Reason) : ProbeOutcome;

    /// <summary>The other side could not be asked; it is asked again later.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Unreachable(string Reason) : ProbeOutcome;

    /// <summary>The other side was asked and can't tell: a person has to decide.</summary>
    /// <param name="Reason">What it said, for people.</param>
    public sealed record CannotTell(string Reason) : ProbeOutcome;
}
