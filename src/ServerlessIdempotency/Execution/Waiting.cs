using ServerlessIdempotency.Claims;

namespace ServerlessIdempotency.Execution;

/// <summary>The wait of one call for an execution of somebody else, as long as its operation allows.</summary>
internal sealed class Waiting(Operation operation, IdempotencyOptions options, TimeProvider timeProvider)
{
    private readonly DateTimeOffset _until = timeProvider.GetUtcNow() + operation.Wait;
    private TimeSpan _pause = options.PollInterval;

    /// <summary>Pauses before the next look.</summary>
    /// <returns>False where the time is up.</returns>
    public async Task<bool> TryPauseAsync(ClaimOutcome.InProgress other, CancellationToken cancellationToken)
    {
        var left = _until - timeProvider.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        await Task.Delay(Min(_pause, left, other.LeaseLeft), timeProvider, cancellationToken);
        _pause = Min(_pause * 2, options.PollInterval * 10);
        return true;
    }

    /// <summary>What is told of an execution that still goes on.</summary>
    public static ExecutionOutcome<T> Told<T>(ClaimOutcome.InProgress other) => new ExecutionOutcome<T>.InProgress(RetryAfter(other)) { LeaseLeft = other.LeaseLeft };

    // Soon at first: most executions are short. A client then waits for no longer than it has been waited for anyhow.
    private static TimeSpan RetryAfter(ClaimOutcome.InProgress other) => Min(other.LeaseLeft, other.Age > TimeSpan.FromSeconds(1) ? other.Age : TimeSpan.FromSeconds(1));

    private static TimeSpan Min(params ReadOnlySpan<TimeSpan> spans)
    {
        var least = spans[0];
        foreach (var span in spans)
        {
            least = span < least ? span : least;
        }

        return least;
    }
}
