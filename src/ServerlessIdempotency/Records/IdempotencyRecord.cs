using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.Records;

/// <summary>The stored state of one operation.</summary>
internal sealed record IdempotencyRecord
{
    public required RecordState State { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    /// <summary>Who holds the claim: a fresh id for each claim, so that an owner recognises its own late writes.</summary>
    public required string Owner { get; init; }

    /// <summary>Counts the claims on this record, from 1; a takeover adds one.</summary>
    public required long Epoch { get; init; }

    public required DateTimeOffset LeaseUntil { get; init; }

    /// <summary>When the operation was first claimed. Takeovers keep it, so whatever derives from it is the same on every attempt.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the present claim was won: its execution is as old as that.</summary>
    public required DateTimeOffset ClaimedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Recorded steps, each with its result as JSON.</summary>
    public IReadOnlyDictionary<string, byte[]> Steps { get; init; } = new Dictionary<string, byte[]>();

    public OperationResult? Result { get; init; }

    /// <summary>Whether the operation is done, so that its result is replayed.</summary>
    public bool IsDone => State is RecordState.Completed or RecordState.Tombstone;
}
