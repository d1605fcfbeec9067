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
    /// <param name="RetryAfter">How long the other's lease still runs.</param>
    public sealed record InProgress(TimeSpan RetryAfter) : ExecutionOutcome<T>;

    /// <summary>The key belongs to another request; nothing ran and nothing was replayed.</summary>
    public sealed record Mismatch : ExecutionOutcome<T>;

    /// <summary>The handler ran and failed; nothing is stored, and a retry runs it again.</summary>
    /// <param name="Value">What the handler told this caller.</param>
    public sealed record NotStored(T Value) : ExecutionOutcome<T>;

    /// <summary>The store did not answer, so nothing is known to be committed. A retry with the same key is safe and tells.</summary>
    /// <param name="HandlerRan">Whether the handler had started.</param>
    /// <param name="Cause">What the store said.</param>
    public sealed record Unavailable(bool HandlerRan, Exception Cause) : ExecutionOutcome<T>;

    /// <summary>The business rows kept changing under the operation, so it was given up; nothing is stored, and a retry runs it again.</summary>
    /// <param name="Attempts">How often the handler was run against fresh rows.</param>
    public sealed record Contended(int Attempts) : ExecutionOutcome<T>;
}
