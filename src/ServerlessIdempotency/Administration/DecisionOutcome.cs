namespace ServerlessIdempotency.Administration;

/// <summary>What became of a decision about a record.</summary>
public enum DecisionOutcome
{
    /// <summary>It is done and kept.</summary>
    Done,

    /// <summary>The record has changed since it was read, so nothing was done: look again.</summary>
    Changed,

    /// <summary>A committed result is neither released nor resolved; nothing was done.</summary>
    AlreadyCompleted,
}
