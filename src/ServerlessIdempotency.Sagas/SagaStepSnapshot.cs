using System.Text.Json;

namespace ServerlessIdempotency.Sagas;

/// <summary>One step of a saga as it is stored.</summary>
/// <param name="Name">The step's name.</param>
public sealed record SagaStepSnapshot(string Name)
{
    /// <summary>Where it stands.</summary>
    public SagaStepStatus Status { get; init; }

    /// <summary>Whether it was ever begun: then it may have had an effect, and is undone with the others. It stays so where a person has it tried again.</summary>
    public bool HasBegun { get; init; }

    /// <summary>Whether it is known to have had its effect while what came of it could not be stored: it is not made again by itself.</summary>
    public bool HasHappened { get; init; }

    /// <summary>How often it was begun, since a person last had it tried again.</summary>
    public int Attempts { get; init; }

    /// <summary>How often the other side was asked about a lost outcome.</summary>
    public int Probes { get; init; }

    /// <summary>How often its compensation was begun.</summary>
    public int CompensationAttempts { get; init; }

    /// <summary>What it gave, as JSON; null where it gave nothing yet.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Why it did not go well the last time; null where it did.</summary>
    public string? Reason { get; init; }
}
