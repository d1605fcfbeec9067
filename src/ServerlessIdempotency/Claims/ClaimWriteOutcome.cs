using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Claims;

/// <summary>What became of a write that carried the fence.</summary>
internal abstract record ClaimWriteOutcome
{
    private ClaimWriteOutcome()
    {
    }

    public sealed record Written : ClaimWriteOutcome;

    /// <summary>The fence held, but a business row was in the way.</summary>
    public sealed record RowsRefused(int? Index, RefusalReason Reason) : ClaimWriteOutcome;

    /// <summary>Another executor has taken over.</summary>
    public sealed record Lost : ClaimWriteOutcome;
}
