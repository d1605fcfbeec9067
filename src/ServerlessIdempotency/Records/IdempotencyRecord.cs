using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.Records;

/// <summary>The stored state of one operation.</summary>
internal sealed record IdempotencyRecord
{
    /// <summary>A moment that does not come. Room for the margin of the clocks is left behind it.</summary>
    public static readonly DateTimeOffset Never = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The lease of a claim whose owner has answered, or whose record a person has released: whoever comes next may run.</summary>
    public static readonly DateTimeOffset GivenBack = DateTimeOffset.UnixEpoch;

    /// <summary>The lease of a claim that ended without an answer: whoever comes next may run where no crash policy forbids it.</summary>
    public static readonly DateTimeOffset Unanswered = DateTimeOffset.UnixEpoch.AddDays(1);

    public required RecordState State { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    /// <summary>What the event says, where its id is the fingerprint; null for a request, and where an earlier version wrote the record.</summary>
    public Fingerprint? Content { get; init; }

    /// <summary>Who holds the claim: a fresh id for each claim, so that an owner recognises its own late writes.</summary>
    public required string Owner { get; init; }

    /// <summary>Counts the claims on this record, from 1; a takeover adds one.</summary>
    public required long Epoch { get; init; }

    public required DateTimeOffset LeaseUntil { get; init; }

    /// <summary>When the operation was first claimed. Takeovers keep it, so whatever derives from it is the same on every attempt.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What the next attempt may do when this one ends without an answer.</summary>
    public CrashPolicy CrashPolicy { get; init; }

    /// <summary>What is known of an execution that ended without an answer.</summary>
    public string? Reason { get; init; }

    /// <summary>Null where an earlier version wrote the record.</summary>
    public RecordOrigin? Origin { get; init; }

    /// <summary>When the present claim was won: its execution is as old as that.</summary>
    public required DateTimeOffset ClaimedAt { get; init; }

    /// <summary>How long it is kept after each sign of life: the longest that any of its callers has asked for.</summary>
    public required TimeSpan Retention { get; init; }

    /// <summary>From when on the record counts as gone; <see cref="Never"/> while an execution without an answer is not resolved, or would not be.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The steps that have run, each with its result as JSON; null where that was too large to be recorded.</summary>
    public IReadOnlyDictionary<string, byte[]?> Steps { get; init; } = new Dictionary<string, byte[]?>();

    public OperationResult? Result { get; init; }

    /// <summary>The result's columns, where they have been made; null: they are made when the record is written.</summary>
    public IReadOnlyDictionary<string, object>? ResultColumns { get; init; }

    /// <summary>The record of the same operation, done.</summary>
    public IdempotencyRecord With(StoredResult stored) => this with
    {
        State = stored.Result.OmittedBodyLength is null ? RecordState.Completed : RecordState.Tombstone,
        Result = stored.Result,
        ResultColumns = stored.Columns,
        Steps = new Dictionary<string, byte[]?>(),
        CrashPolicy = CrashPolicy.Rerun,
    };

    /// <summary>Whether it is of the same request, or of the same event as far as both are known.</summary>
    public bool IsOf(Operation operation) =>
        Fingerprint == operation.Fingerprint && (Content is not { } known || operation.Content is not { } asked || known == asked);

    /// <summary>Whether the operation is done, so that its result is replayed.</summary>
    public bool IsDone => State is RecordState.Completed or RecordState.Tombstone;

    /// <summary>Whether what was claimed last was answered, or released by a person, so that no crash policy has a say.</summary>
    public bool IsGivenBack => State == RecordState.InProgress && LeaseUntil == GivenBack;

    /// <summary>Whether its claim has ended, with an answer or without, so that it is in nobody's hands.</summary>
    public bool IsClaimEnded => LeaseUntil == GivenBack || LeaseUntil == Unanswered;

    /// <summary>Whether the record counts as gone. The clock of the instance that promised its end may be behind this one's by the margin.</summary>
    public bool HasExpired(DateTimeOffset now, TimeSpan clockSkewMargin) => now >= ExpiresAt + clockSkewMargin;

    /// <summary>The record with an end, its retention after this moment; a later one stays.</summary>
    public IdempotencyRecord KeptFrom(DateTimeOffset now)
    {
        var until = now + Retention;
        return ExpiresAt != Never && ExpiresAt > until ? this : this with { ExpiresAt = until };
    }
}
