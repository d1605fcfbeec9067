using System.Text.Json;

namespace ServerlessIdempotency.Sagas;

/// <summary>A saga as it is stored.</summary>
public sealed record SagaSnapshot
{
    /// <summary>The saga's id.</summary>
    public required string Id { get; init; }

    /// <summary>The name of its definition.</summary>
    public required string Definition { get; init; }

    /// <summary>The version of the definition that it began with.</summary>
    public int Version { get; init; }

    /// <summary>Among whose parked sagas it is listed.</summary>
    public required string Group { get; init; }

    /// <summary>What it works on, as JSON.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>When it began. It does not change.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>From when on no further step is begun: what was begun is undone then, once its outcome is known.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Its steps, in order.</summary>
    public required IReadOnlyList<SagaStepSnapshot> Steps { get; init; }

    /// <summary>Where it stands.</summary>
    public SagaStatus Status { get; init; }

    /// <summary>Counts the writes to the saga, from 0.</summary>
    public long Transition { get; init; }

    /// <summary>Why it is compensated or parked; null while all goes well.</summary>
    public string? Reason { get; init; }

    /// <summary>The transition that parked it, the name of this parking; null where it is not parked.</summary>
    public long? Parking { get; init; }

    /// <summary>The step at which it was parked; null where it is not parked.</summary>
    public string? ParkedStep { get; init; }

    /// <summary>Whether it is its end that could not be committed: every step is done or undone, and what the definition adds at the end is at fault.</summary>
    public bool IsParkedAtEnd { get; init; }

    /// <summary>Whether a person decided that it ends without what its definition adds.</summary>
    public bool EndsWithoutEffects { get; init; }

    /// <summary>What it was doing when it was parked; null where it is not parked.</summary>
    public SagaStatus? ParkedFrom { get; init; }

    /// <summary>When it was parked; null where it is not.</summary>
    public DateTimeOffset? ParkedAt { get; init; }

    /// <summary>How often a person decided about it.</summary>
    public int Decisions { get; init; }

    /// <summary>When it completed or was compensated; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When it is tried again; null where nothing is waited for.</summary>
    public DateTimeOffset? WaitsUntil { get; init; }

    /// <summary>Whether it has ended, completed or compensated.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasEnded => Status is SagaStatus.Completed or SagaStatus.Compensated;
}
