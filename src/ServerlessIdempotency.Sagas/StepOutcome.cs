using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ServerlessIdempotency.Sagas;

/// <summary>What a step says of one attempt.</summary>
public abstract record StepOutcome
{
    private StepOutcome()
    {
    }

    /// <summary>It had its effect, by this attempt or an earlier one under the same key.</summary>
    public sealed record Done : StepOutcome
    {
        /// <summary>What the step gave, for later steps and for its compensation. Nothing by default.</summary>
        public JsonElement? Result { get; init; }

        /// <summary>What is committed with the fact that the step is done. Nothing by default.</summary>
        public SagaEffects Effects { get; init; } = SagaEffects.None;
    }

    /// <summary>It did not work this time and may the next; a further attempt under the same key is safe.</summary>
    /// <param name="Reason">Why, for people.</param>
    /// <param name="After">The least pause before the next attempt; null leaves it to the back-off.</param>
    public sealed record Retryable(string Reason, TimeSpan? After = null) : StepOutcome;

    /// <summary>The answer is no, and asking again would not change it: everything that was begun is undone.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Rejected(string Reason) : StepOutcome;

    /// <summary>It may have had its effect or not: the other side is asked before anything else is done.</summary>
    /// <param name="Reason">What happened, for people.</param>
    public sealed record OutcomeUnknown(string Reason) : StepOutcome;

    /// <summary>Done, with a result.</summary>
    public static Done Give<T>(T result, JsonTypeInfo<T> typeInfo) => new() { Result = JsonSerializer.SerializeToElement(result, typeInfo) };
}
