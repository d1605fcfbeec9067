using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Execution;

/// <summary>What became of a call.</summary>
/// <typeparam name="T">What the handler tells the caller whose call it ran for.</typeparam>
public abstract record ExecutionOutcome<T>
{
    private ExecutionOutcome()
    {
    }

    /// <summary>This call executed the operation, and its result is committed.</summary>
    /// <param name="Value">What the handler told this caller.</param>
    /// <param name="Result">What is stored, and what every later caller gets.</param>
    /// <param name="ExpiresAt">Until when the result is replayed.</param>
    public sealed record Executed(T Value, OperationResult Result, DateTimeOffset ExpiresAt) : ExecutionOutcome<T>;

    /// <summary>The operation was committed before; this is its stored result.</summary>
    /// <param name="Result">The result.</param>
    /// <param name="ExpiresAt">Until when the result is replayed.</param>
    public sealed record Replayed(OperationResult Result, DateTimeOffset ExpiresAt) : ExecutionOutcome<T>;

    /// <summary>Another caller is executing the operation; this one did nothing.</summary>
    /// <param name="RetryAfter">When to ask again: after 1 s at first, then after as long as the other has been at it, never past the end of its lease.</param>
    public sealed record InProgress(TimeSpan RetryAfter) : ExecutionOutcome<T>
    {
        /// <summary>How long the other's claim holds if it gives no sign of life, the margin of the clocks included: after that a crashed one is no longer waited for.</summary>
        public TimeSpan LeaseLeft { get; init; } = RetryAfter;
    }

    /// <summary>The key belongs to another request; nothing ran and nothing was replayed.</summary>
    public sealed record Mismatch : ExecutionOutcome<T>;

    /// <summary>The handler ran and failed; nothing is stored, and a retry runs it again.</summary>
    /// <param name="Value">What the handler told this caller.</param>
    public sealed record NotStored(T Value) : ExecutionOutcome<T>;

    /// <summary>
    /// An execution, an earlier one or this call's own, ended without an answer, and the crash policy allows no other one until it is resolved. An earlier one may still complete.
    /// </summary>
    /// <param name="Reason">What is known of it, for people.</param>
    public sealed record OutcomeUnknown(string Reason) : ExecutionOutcome<T>
    {
        /// <summary>What this call's own execution ended with. Default null.</summary>
        public Exception? Cause { get; init; }
    }

    /// <summary>The handler ran longer than it may, was told to stop and did; nothing is stored, and the crash policy says what a retry does.</summary>
    /// <param name="MaxExecution">How long it may run.</param>
    /// <param name="Cause">What it ended with.</param>
    public sealed record TimedOut(TimeSpan MaxExecution, Exception Cause) : ExecutionOutcome<T>
    {
        /// <summary>Whether the crash policy allows no retry until the outcome is resolved.</summary>
        public bool IsOutcomeUnknown { get; init; }
    }

    /// <summary>The store did not answer, so nothing is known to be committed. A retry with the same key is safe and tells.</summary>
    /// <param name="HandlerRan">Whether the handler had started.</param>
    /// <param name="Cause">What the store said.</param>
    public sealed record Unavailable(bool HandlerRan, Exception Cause) : ExecutionOutcome<T>;

    /// <summary>The business rows kept changing under the operation, so it was given up; nothing is stored, and a retry runs it again.</summary>
    /// <param name="Attempts">How often the handler was run against fresh rows.</param>
    public sealed record Contended(int Attempts) : ExecutionOutcome<T>;
}
