using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Claims;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Execution;

/// <summary>What the winner of a claim does: it runs the handler, where the crash policy says so only after it has asked the outside, and commits what came of it.</summary>
internal sealed class ClaimedExecution(MessageCommit commit, CompletedRecordCache cache, UnknownOutcomeIndex unknown, ClaimEnd end, IdempotencyOptions options, TimeProvider timeProvider, ILogger logger)
{
    /// <returns>Null where the claim was lost.</returns>
    public async Task<ExecutionOutcome<T>?> RunAsync<T>(Operation operation, ClaimOutcome.Won won, Func<OperationContext, CancellationToken, Task<HandlerOutcome<T>>> handler, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            // The caller is gone, and nothing has run.
            await end.GiveBackAsync(won, timeProvider.GetTimestamp());
            cancellationToken.ThrowIfCancellationRequested();
        }

        var claim = won.Claim;
        var context = new OperationContext(claim, operation, logger);
        if (claim.Record.CrashPolicy == CrashPolicy.Park)
        {
            var begun = timeProvider.GetTimestamp();
            try
            {
                // Before the handler: should the process die in it, nobody is left to say so.
                await unknown.NoteAsync(claim.Address, claim.Record, cancellationToken);
            }
            catch (StoreUnavailableException exception)
            {
                await end.GiveBackAsync(won, begun);
                return new ExecutionOutcome<T>.Unavailable(HandlerRan: false, exception);
            }
            catch
            {
                await end.GiveBackAsync(won, begun);
                throw;
            }
        }

        if (won.MustProbe)
        {
            var (isPrevented, outcome) = await ProbeAsync<T>(operation, context, claim, cancellationToken);
            if (!isPrevented)
            {
                return outcome;
            }
        }

        return await RunHandlerAsync(operation, context, claim, handler, cancellationToken);
    }

    /// <returns>Whether the handler may run; else what the caller is told, null where the claim was lost.</returns>
    private async Task<(bool IsPrevented, ExecutionOutcome<T>? Outcome)> ProbeAsync<T>(Operation operation, OperationContext context, Claim claim, CancellationToken cancellationToken)
    {
        ProbeOutcome<HandlerOutcome<OperationResult>> found;
        Exception? cause = null;
        try
        {
            await using var renewal = new LeaseRenewal(claim, timeProvider, logger, cancellationToken);
            found = await operation.Probe!(context, renewal.HandlerToken);
        }
        catch (Exception) when (claim.IsLost)
        {
            return (false, null);
        }
        catch (Exception exception)
        {
            found = new ProbeOutcome<HandlerOutcome<OperationResult>>.NotKnown($"{exception.GetType().Name}: {exception.Message}");
            cause = exception;
        }

        switch (found)
        {
            case ProbeOutcome<HandlerOutcome<OperationResult>>.Prevented:
                return (true, null);
            case ProbeOutcome<HandlerOutcome<OperationResult>>.Happened { Answer: HandlerOutcome<OperationResult>.Completed completed }:
                try
                {
                    switch (await CommitAsync(claim, completed))
                    {
                        case ClaimWriteOutcome.Written:
                            // An earlier call did it; this one replays it.
                            return (false, new ExecutionOutcome<T>.Replayed(claim.Record.Result!, claim.Record.ExpiresAt));
                        case ClaimWriteOutcome.Lost:
                            return (false, null);
                    }
                }
                catch (StoreUnavailableException exception)
                {
                    return (false, new ExecutionOutcome<T>.Unavailable(HandlerRan: true, exception));
                }
                catch (Exception exception)
                {
                    cause = exception;
                    return (false, await UnknownAsync($"It has happened, but that could not be stored: {exception.Message}"));
                }

                return (false, await UnknownAsync("It has happened, but the rows beside its record had changed."));
            case ProbeOutcome<HandlerOutcome<OperationResult>>.NotKnown notKnown:
                return (false, await UnknownAsync(notKnown.Reason));
            default:
                return (false, await UnknownAsync("The probe gave no answer that can be stored: it answers with what the handler would have completed with, that it is prevented, or that it is not known."));
        }

        async Task<ExecutionOutcome<T>> UnknownAsync(string reason)
        {
            await end.UnansweredAsync(claim, reason, cause, cause is StoreUnavailableException unavailable ? unavailable.Begun ?? timeProvider.GetTimestamp() : null);
            return new ExecutionOutcome<T>.OutcomeUnknown(reason);
        }
    }

    /// <returns>Null where the claim was lost.</returns>
    private async Task<ExecutionOutcome<T>?> RunHandlerAsync<T>(Operation operation, OperationContext context, Claim claim, Func<OperationContext, CancellationToken, Task<HandlerOutcome<T>>> handler, CancellationToken cancellationToken)
    {
        // Only what may be run again after a crash may be run again for rows that have changed.
        var maxAttempts = claim.Record.CrashPolicy == CrashPolicy.Rerun ? options.MaxCommitAttempts : 1;
        for (var attempt = 1; ; attempt++)
        {
            HandlerOutcome<T> decision;
            CancellationToken handlerToken = default;
            LeaseRenewal? renewal = null;
            try
            {
                await using var renewing = renewal = new LeaseRenewal(claim, timeProvider, logger, cancellationToken);
                handlerToken = renewal.HandlerToken;
                decision = await handler(context, handlerToken);
            }
            catch (Exception) when (claim.IsLost)
            {
                return null;
            }
            catch (Exception exception) when (renewal is { IsTimedOut: true })
            {
                await end.UnansweredAsync(claim, $"It took {claim.Terms.MaxExecution}, as long as it may.", exception);
                return new ExecutionOutcome<T>.TimedOut(claim.Terms.MaxExecution, exception) { IsOutcomeUnknown = claim.IsLeftToPerson };
            }
            catch (StoreUnavailableException exception)
            {
                const string NoStore = "The store did not answer it.";
                await end.UnansweredAsync(claim, NoStore, exception, exception.Begun ?? timeProvider.GetTimestamp());
                return Unavailable<T>(claim, NoStore, exception);
            }
            catch (OperationCanceledException exception) when (handlerToken.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // The lease ran out while the store could not be reached. (A time-out of the handler's own is a failure like any other.)
                return Unavailable<T>(claim, "Its lease ran out while the store could not be reached.", exception);
            }
            catch (ResultTooLargeException exception)
            {
                // What it would need to go on is gone, and to run the step again is no way (law 14).
                await end.UnansweredAsync(claim, exception.Message, exception, isForPerson: true);
                return new ExecutionOutcome<T>.OutcomeUnknown(exception.Message) { Cause = exception };
            }
            catch (Exception exception)
            {
                await end.UnansweredAsync(claim, $"It ended with {exception.GetType().Name}.", exception);
                throw;
            }

            switch (decision)
            {
                case HandlerOutcome<T>.Failed failed:
                    await end.AnsweredAsync(claim, claim.LapseAsync);
                    return new ExecutionOutcome<T>.NotStored(failed.Value);
                case HandlerOutcome<T>.NoEffect noEffect when attempt == 1 && IsUntouched(claim.Record):
                    await end.AnsweredAsync(claim, claim.ReleaseAsync);
                    return new ExecutionOutcome<T>.NotStored(noEffect.Value);
                case HandlerOutcome<T>.NoEffect noEffect:
                    await end.AnsweredAsync(claim, claim.LapseAsync);
                    return new ExecutionOutcome<T>.NotStored(noEffect.Value);
                case HandlerOutcome<T>.Completed completed:
                    try
                    {
                        switch (await CommitAsync(claim, completed))
                        {
                            case ClaimWriteOutcome.Written:
                                var stored = claim.Record.Result!;
                                if (stored.OmittedBodyLength is { } omitted)
                                {
                                    logger.BodyOmitted(claim.Address, omitted);
                                }

                                return new ExecutionOutcome<T>.Executed(completed.Value, stored, claim.Record.ExpiresAt);
                            case ClaimWriteOutcome.Lost:
                                logger.ClaimLost(claim.Address);
                                return null;
                            case ClaimWriteOutcome.RowsRefused refused when attempt < maxAttempts:
                                // The rows changed since the handler read them: let it decide again on fresh ones.
                                logger.RowsChanged(claim.Address, refused.Index, attempt);
                                continue;
                            default:
                                const string RowsHadChanged = "The rows beside its record had changed when its answer was to be stored.";
                                await end.UnansweredAsync(claim, RowsHadChanged, exception: null);
                                return claim.IsLeftToPerson ? new ExecutionOutcome<T>.OutcomeUnknown(RowsHadChanged) : new ExecutionOutcome<T>.Contended(attempt);
                        }
                    }
                    catch (StoreUnavailableException exception)
                    {
                        return new ExecutionOutcome<T>.Unavailable(HandlerRan: true, exception);
                    }
                    catch (Exception exception)
                    {
                        // What the store does not take for its size or its number it never takes, and the handler has run: no policy runs it again (law 14).
                        await end.UnansweredAsync(claim, $"Its answer could not be stored: {exception.Message}", exception, isForPerson: exception is ArgumentException);
                        throw;
                    }

                default:
                    throw new NotSupportedException($"Unknown outcome {decision.GetType().Name}.");
            }
        }
    }

    private async Task<ClaimWriteOutcome> CommitAsync<T>(Claim claim, HandlerOutcome<T>.Completed completed)
    {
        RowTransaction.ThrowIfTooMany("The operation", completed.Rows.Count, completed.Messages.Count, "its record");
        var record = claim.Record;
        var outcome = await commit.WriteAsync(
            claim.Address.Partition,
            claim.OperationHash,
            completed.Rows,
            completed.Messages,
            rows => claim.CompleteAsync(completed.Result, rows),
            outcome => outcome is ClaimWriteOutcome.Written,
            CancellationToken.None);
        if (outcome is ClaimWriteOutcome.Written)
        {
            cache.Add(claim.Address, claim.Record);
            await end.RemoveNoteAsync(claim.Address, record);
        }

        return outcome;
    }

    // An earlier attempt may have had outside effects under keys that derive from the record's start; a recorded step has had one.
    private static bool IsUntouched(IdempotencyRecord record) => record.Epoch == 1 && record.Steps.Count == 0;

    // To send it again is no way where nobody runs or asks.
    private static ExecutionOutcome<T> Unavailable<T>(Claim claim, string reason, Exception cause) =>
        claim.IsLeftToPerson ? new ExecutionOutcome<T>.OutcomeUnknown(reason) { Cause = cause } : new ExecutionOutcome<T>.Unavailable(HandlerRan: true, cause);
}
