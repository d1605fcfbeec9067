using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.Claims;

/// <summary>How long a claim of one operation holds, and how long what comes of it is kept.</summary>
/// <param name="Lease">How long without a sign of life; no longer than an execution may take.</param>
/// <param name="Retention">How long the record is kept after each sign of life.</param>
/// <param name="MaxExecution">How long one execution may take, its renewals included.</param>
internal sealed record ClaimTerms(TimeSpan Lease, TimeSpan Retention, TimeSpan MaxExecution)
{
    public static ClaimTerms Of(Operation operation, IdempotencyOptions options)
    {
        var limit = operation.MaxExecution ?? options.MaxExecution;
        var lease = operation.Lease ?? options.Lease;
        return new ClaimTerms(lease < limit ? lease : limit, operation.Retention ?? options.Retention, limit);
    }
}
