using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Claims;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Execution;

/// <summary>Runs a handler without a claim and commits its record with its rows in one transaction, the record first: whoever is slower is refused with all of its rows.</summary>
internal sealed class SingleTripExecution(RowWriter writer, Claimant claimant, MessageCommit commit, CompletedRecordCache cache, IdempotencyOptions options, TimeProvider timeProvider, ILogger logger)
{
    public async Task<ExecutionOutcome<T>> RunAsync<T>(Operation operation, Func<SingleTripContext, CancellationToken, Task<HandlerOutcome<T>>> handler, CancellationToken cancellationToken)
    {
        var address = RecordAddress.Of(operation, options.TableName);
        var waiting = new Waiting(operation, options, timeProvider);
        var found = claimant.FindCached(operation, address);
        var mustRead = operation.LikelyRetry;
        Row? current = null;
        var runs = 0;
        while (true)
        {
            try
            {
                // Inserting finds out by itself; reading first is cheaper only where a record is likely.
                current = mustRead && found is null ? await writer.Store.ReadAsync(address, cancellationToken) : current;
                found ??= await claimant.FindAsync(operation, address, current, cancellationToken);
            }
            catch (StoreUnavailableException exception)
            {
                return new ExecutionOutcome<T>.Unavailable(HandlerRan: runs > 0, exception);
            }

            if (found.ToAnswer<T>() is { } answer)
            {
                return answer;
            }

            switch (found)
            {
                case ClaimOutcome.InProgress inProgress:
                    // Another channel reaches the operation by a handler that claims.
                    if (!await waiting.TryPauseAsync(inProgress, cancellationToken))
                    {
                        return Waiting.Told<T>(inProgress);
                    }

                    mustRead = true;
                    break;
                case ClaimOutcome.Free when runs == options.MaxCommitAttempts:
                    return new ExecutionOutcome<T>.Contended(runs);
                case ClaimOutcome.Free free:
                    (var outcome, current) = await RunOnceAsync(operation, address, free, ++runs, handler, cancellationToken);
                    if (outcome is not null)
                    {
                        return outcome;
                    }

                    mustRead = false;
                    break;
                default:
                    throw new NotSupportedException($"Unknown outcome {found.GetType().Name}.");
            }

            found = null;
        }
    }

    /// <returns>The outcome; or null where the commit was refused, with the row that the record is now.</returns>
    private async Task<(ExecutionOutcome<T>? Outcome, Row? Current)> RunOnceAsync<T>(
        Operation operation, RowAddress address, ClaimOutcome.Free free, int run, Func<SingleTripContext, CancellationToken, Task<HandlerOutcome<T>>> handler, CancellationToken cancellationToken)
    {
        var terms = ClaimTerms.Of(operation, options);
        var begun = timeProvider.GetUtcNow();
        var context = new SingleTripContext(operation, address.Partition, Claimant.HashOf(operation, free.Next), begun, run);
        using var limit = new CancellationTokenSource(terms.MaxExecution, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        HandlerOutcome<T> decision;
        try
        {
            decision = await handler(context, either.Token);
        }
        catch (StoreUnavailableException exception)
        {
            return (new ExecutionOutcome<T>.Unavailable(HandlerRan: true, exception), null);
        }
        catch (Exception exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (new ExecutionOutcome<T>.TimedOut(terms.MaxExecution, exception), null);
        }

        try
        {
            return decision switch
            {
                HandlerOutcome<T>.Completed completed => await CommitAsync(address, free, context, terms, completed),
                HandlerOutcome<T>.Failed failed => await FailAsync(operation, address, failed.Value, cancellationToken),
                HandlerOutcome<T>.NoEffect noEffect => await FailAsync(operation, address, noEffect.Value, cancellationToken),
                _ => throw new NotSupportedException($"Unknown outcome {decision.GetType().Name}."),
            };
        }
        catch (StoreUnavailableException exception)
        {
            return (new ExecutionOutcome<T>.Unavailable(HandlerRan: true, exception), null);
        }
    }

    // It may look wrong to its handler just because another run was committed meanwhile: then that is the answer.
    private async Task<(ExecutionOutcome<T>? Outcome, Row? Current)> FailAsync<T>(Operation operation, RowAddress address, T value, CancellationToken cancellationToken)
    {
        var current = await writer.Store.ReadAsync(address, cancellationToken);
        return await claimant.FindAsync(operation, address, current, cancellationToken) is ClaimOutcome.Free ? (new ExecutionOutcome<T>.NotStored(value), null) : (null, current);
    }

    private async Task<(ExecutionOutcome<T>? Outcome, Row? Current)> CommitAsync<T>(
        RowAddress address, ClaimOutcome.Free free, SingleTripContext context, ClaimTerms terms, HandlerOutcome<T>.Completed completed)
    {
        RowTransaction.ThrowIfTooMany("The operation", completed.Rows.Count, completed.Messages.Count, "its record");

        // Nothing holds the key for a run that is too slow: another one may have been committed meanwhile, and be forgotten already.
        var now = timeProvider.GetUtcNow();
        var longest = terms.MaxExecution < terms.Retention ? terms.MaxExecution : terms.Retention;
        if (now - context.StartedAt >= longest)
        {
            return (new ExecutionOutcome<T>.TimedOut(longest, new TimeoutException($"The handler took {now - context.StartedAt}; without a claim its result is not committed after {longest}.")), null);
        }

        var record = free.Next.KeptFrom(now).With(ResultLimits.Apply(completed.Result));
        var values = RecordColumns.ToValues(record);
        var write = free.Over is { } over ? RowWrite.Replace(address.RowKey, values, over.ETag) : RowWrite.Insert(address.RowKey, values);
        var outcome = await commit.WriteAsync(
            address.Partition,
            context.OperationHash,
            completed.Rows,
            completed.Messages,
            rows => writer.WriteAsync(address.Partition, [write, .. rows], CancellationToken.None),
            outcome => outcome is CommitOutcome.Written,
            CancellationToken.None);
        switch (outcome)
        {
            case CommitOutcome.Written:
                cache.Add(address, record);
                if (record.Result!.OmittedBodyLength is { } omitted)
                {
                    logger.BodyOmitted(address, omitted);
                }

                return (new ExecutionOutcome<T>.Executed(completed.Value, record.Result, record.ExpiresAt), null);

            // Somebody was faster, or what stood there has changed: that tells.
            case CommitOutcome.Refused { Index: 0 } refused:
                return (null, refused.Current);
            case CommitOutcome.Refused refused:
                logger.RowsChanged(address, refused.Index, context.Attempt);
                return (null, refused.Index is null ? await writer.Store.ReadAsync(address, CancellationToken.None) : free.Over);
            default:
                throw new NotSupportedException($"Unknown outcome {outcome.GetType().Name}.");
        }
    }
}
