using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Claims;

/// <summary>What an attempt to claim an operation found.</summary>
internal abstract record ClaimOutcome
{
    private ClaimOutcome()
    {
    }

    /// <param name="Claim">The claim.</param>
    /// <param name="MustProbe">Whether the outside is to be asked before the handler may run.</param>
    public sealed record Won(Claim Claim, bool MustProbe) : ClaimOutcome;

    public sealed record Completed(IdempotencyRecord Record) : ClaimOutcome;

    /// <param name="Age">How long the other has been at it.</param>
    /// <param name="LeaseLeft">How long its claim still holds.</param>
    public sealed record InProgress(TimeSpan Age, TimeSpan LeaseLeft) : ClaimOutcome;

    /// <param name="Reason">What is known of the execution that ended without an answer.</param>
    public sealed record OutcomeUnknown(string Reason) : ClaimOutcome;

    public sealed record Mismatch : ClaimOutcome;
}
