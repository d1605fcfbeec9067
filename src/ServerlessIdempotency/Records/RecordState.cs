namespace ServerlessIdempotency.Records;

/// <summary>The state of a stored operation.</summary>
internal enum RecordState
{
    /// <summary>Claimed; whether its owner still lives is for the lease to tell.</summary>
    InProgress,

    /// <summary>Its execution ended without an answer, and nobody may run it again until that is resolved. Its owner may still complete it.</summary>
    Unknown,

    /// <summary>Committed, with its result.</summary>
    Completed,

    /// <summary>Committed, with a result whose body was too large to be stored.</summary>
    Tombstone,
}
