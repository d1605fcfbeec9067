namespace ServerlessIdempotency.Administration;

/// <summary>Where an operation stands.</summary>
public enum OperationState
{
    /// <summary>It is claimed. Where its lease is over its executor died or is slow, and the next attempt does what the crash policy says.</summary>
    InProgress,

    /// <summary>Its execution ended without an answer, and nobody runs it again until that is resolved.</summary>
    Unknown,

    /// <summary>It is committed, with its result.</summary>
    Completed,
}
