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

    public sealed record InProgress(TimeSpan LeaseLeft) : ClaimOutcome;

    public sealed record Mismatch : ClaimOutcome;
}
