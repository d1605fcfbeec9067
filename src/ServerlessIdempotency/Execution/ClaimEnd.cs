using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Claims;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;

namespace ServerlessIdempotency.Execution;

/// <summary>
/// Ends a claim that is not committed. It only spares the next retry a wait: where that fails, the lease ends by itself, and the caller is told what the handler decided. So a caller
/// whom a store has kept waiting already is not kept longer than a write may take; the end goes on behind the answer.
/// </summary>
internal sealed class ClaimEnd(UnknownOutcomeIndex unknown, TimeSpan writeTimeout, TimeProvider timeProvider, ILogger logger, IdempotencyMetrics? metrics)
{
    /// <summary>Gives a claim back whose handler was not run. What an earlier execution left open stays so.</summary>
    /// <param name="won">The claim.</param>
    /// <param name="begun">When what it is given back for began, as a timestamp of the clock.</param>
    public Task GiveBackAsync(ClaimOutcome.Won won, long begun) => won.MustProbe
        ? UnansweredAsync(won.Claim, "It was not asked for, since the store did not answer.", exception: null, begun)
        : QuietlyAsync(won.Claim, won.FollowsUnanswered ? won.Claim.LapseUnansweredAsync : won.Claim.LapseAsync, begun);

    /// <summary>What ended with an answer that is not stored. Where that is not written, the end of the lease makes the outcome unknown, and the note is what finds it.</summary>
    public Task AnsweredAsync(Claim claim, Func<Task<ClaimWriteOutcome>> end) => QuietlyAsync(
        claim,
        async () =>
        {
            var record = claim.Record;
            if (await end() is ClaimWriteOutcome.Written)
            {
                await RemoveNoteAsync(claim.Address, record);
            }
        },
        begun: null);

    /// <summary>What ended without an answer is for the crash policy: to be run again at once, or not until it is resolved.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="reason">Why there is no answer.</param>
    /// <param name="exception">Its cause.</param>
    /// <param name="begun">When what the store did not answer began, as a timestamp of the clock; null where the store is not to blame.</param>
    /// <param name="isForPerson">Whether no policy may run it again.</param>
    public async Task UnansweredAsync(Claim claim, string reason, Exception? exception, long? begun = null, bool isForPerson = false)
    {
        if (claim.Record.CrashPolicy == CrashPolicy.Rerun && !isForPerson)
        {
            await QuietlyAsync(claim, claim.LapseUnansweredAsync, begun);
            return;
        }

        logger.OutcomeUnknown(claim.Address, reason, exception);
        var policy = claim.Record.CrashPolicy;
        await QuietlyAsync(
            claim,
            async () =>
            {
                try
                {
                    // First where it is found, then the state. Without either the end of the lease says the same, to whoever asks next.
                    await unknown.NoteAsync(claim.Address, claim.Record, CancellationToken.None);
                    await claim.EndUnknownAsync(reason);
                }
                finally
                {
                    // By whoever has noted it first.
                    if (!claim.IsNoted)
                    {
                        metrics?.UnknownOutcome(policy.ToString());
                    }
                }
            },
            begun);
    }

    /// <summary>Takes an operation that is answered off the list of those that may be for a person.</summary>
    public async Task RemoveNoteAsync(RowAddress address, IdempotencyRecord record)
    {
        if (record.CrashPolicy != CrashPolicy.Park)
        {
            return;
        }

        try
        {
            await unknown.RemoveAsync(address, record, CancellationToken.None);
        }
        catch (Exception exception)
        {
            logger.NoteNotRemoved(address, exception);
        }
    }

    private async Task QuietlyAsync(Claim claim, Func<Task> end, long? begun)
    {
        var ending = LogFailureAsync(claim, end);
        if (begun is not { } start)
        {
            await ending;
            return;
        }

        var left = writeTimeout - timeProvider.GetElapsedTime(start);
        try
        {
            await ending.WaitAsync(left < TimeSpan.Zero ? TimeSpan.Zero : left, timeProvider);
        }
        catch (TimeoutException)
        {
            claim.LeaveBehind(ending);
        }
    }

    private async Task LogFailureAsync(Claim claim, Func<Task> end)
    {
        try
        {
            await end();
        }
        catch (Exception exception)
        {
            logger.LapseFailed(claim.Address, exception);
        }
    }
}
