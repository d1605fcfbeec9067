using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Claims;

/// <summary>What an attempt to claim an operation found.</summary>
internal abstract record ClaimOutcome
{
    private ClaimOutcome()
    {
    }

    public sealed record Won(Claim Claim) : ClaimOutcome;

    public sealed record Completed(IdempotencyRecord Record) : ClaimOutcome;

    /// <param name="Age">How long the other has been at it.</param>
    /// <param name="LeaseLeft">How long its claim still holds.</param>
    public sealed record InProgress(TimeSpan Age, TimeSpan LeaseLeft) : ClaimOutcome;

    public sealed record Mismatch : ClaimOutcome;
}
