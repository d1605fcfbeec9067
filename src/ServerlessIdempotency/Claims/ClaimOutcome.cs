using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Claims;

/// <summary>What an attempt to claim an operation found.</summary>
internal abstract record ClaimOutcome
{
    private ClaimOutcome()
    {
    }

    /// <summary>What this means to the caller; null where more is to be done.</summary>
    public ExecutionOutcome<T>? ToAnswer<T>() => this switch
    {
        Completed completed => new ExecutionOutcome<T>.Replayed(completed.Record.Result!, completed.Record.ExpiresAt),
        OutcomeUnknown unknown => new ExecutionOutcome<T>.OutcomeUnknown(unknown.Reason),
        Mismatch => new ExecutionOutcome<T>.Mismatch(),
        _ => null,
    };

    /// <param name="Claim">The claim.</param>
    /// <param name="MustProbe">Whether the outside is to be asked before the handler may run.</param>
    /// <param name="FollowsUnanswered">Whether it took over from an execution that gave no answer.</param>
    public sealed record Won(Claim Claim, bool MustProbe, bool FollowsUnanswered) : ClaimOutcome;

    /// <summary>Nothing stands in the way of an execution; nothing is claimed yet either.</summary>
    /// <param name="Next">The record that the execution begins with.</param>
    /// <param name="Over">The row that it is written over; null where it is inserted.</param>
    /// <param name="MustProbe">Whether the outside is to be asked before the handler may run.</param>
    /// <param name="FollowsUnanswered">Whether an earlier execution of the operation gave no answer.</param>
    public sealed record Free(IdempotencyRecord Next, Row? Over, bool MustProbe, bool FollowsUnanswered) : ClaimOutcome;

    public sealed record Completed(IdempotencyRecord Record) : ClaimOutcome;

    /// <param name="Age">How long the other has been at it.</param>
    /// <param name="LeaseLeft">How long its claim still holds.</param>
    public sealed record InProgress(TimeSpan Age, TimeSpan LeaseLeft) : ClaimOutcome;

    /// <param name="Reason">What is known of the execution that ended without an answer.</param>
    public sealed record OutcomeUnknown(string Reason) : ClaimOutcome;

    public sealed record Mismatch : ClaimOutcome;
}
