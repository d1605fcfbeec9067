using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Claims;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Execution;

/// <summary>Executes each operation once: claims it, runs the handler, commits its result with its rows, and replays the result to every later caller.</summary>
public sealed class IdempotencyEngine : IDisposable
{
    private readonly Claimant _claimant;
    private readonly CompletedRecordCache _cache;
    private readonly IdempotencyOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<IdempotencyEngine> _logger;
    private readonly MessageCommit _commit;

    /// <summary>Creates an engine over a store. Apps get theirs by <c>services.AddIdempotency()</c>.</summary>
    /// <param name="writer">The store, through the writer that knows its own writes.</param>
    /// <param name="options">Lease, retention and limits.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    public IdempotencyEngine(RowWriter writer, IdempotencyOptions options, TimeProvider timeProvider, ILogger<IdempotencyEngine> logger)
        : this(writer, options, timeProvider, logger, outbox: null)
    {
    }

    // Without an outbox a handler that sends is an error.
    internal IdempotencyEngine(RowWriter writer, IdempotencyOptions options, TimeProvider timeProvider, ILogger<IdempotencyEngine> logger, IOutbox? outbox)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.ThrowIfAny(options.Validate());
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _commit = new MessageCommit(outbox);
        _cache = new CompletedRecordCache(options);
        _claimant = new Claimant(writer, _cache, options, timeProvider);
    }

    /// <summary>Executes an operation, or answers with what is known of it.</summary>
    /// <typeparam name="T">What the handler tells the caller whose call it runs for.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <param name="handler">Runs where this call wins the claim. It may run more than once (a crash, changed business rows): outside calls carry stable keys.</param>
    /// <param name="cancellationToken">The caller gives up. A commit that has begun is finished all the same.</param>
    public async Task<ExecutionOutcome<T>> ExecuteAsync<T>(Operation operation, OperationHandler<T> handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(handler);
        operation.ThrowIfInvalid();
        var waitUntil = _timeProvider.GetUtcNow() + operation.Wait;
        var readFirst = operation.LikelyRetry;
        var pause = _options.PollInterval;
        while (true)
        {
            ClaimOutcome claimed;
            try
            {
                claimed = await ClaimAsync(operation, readFirst, cancellationToken);
            }
            catch (StoreUnavailableException exception)
            {
                return new ExecutionOutcome<T>.Unavailable(HandlerRan: false, exception);
            }

            switch (claimed)
            {
                case ClaimOutcome.Completed completed:
                    return new ExecutionOutcome<T>.Replayed(completed.Record.Result!, completed.Record.ExpiresAt);
                case ClaimOutcome.Mismatch:
                    return new ExecutionOutcome<T>.Mismatch();
                case ClaimOutcome.Won won:
                    using (won.Claim)
                    {
                        if (await RunAsync(operation, won.Claim, handler, cancellationToken) is { } outcome)
                        {
                            return outcome;
                        }
                    }

                    // The claim was lost on the way: what its new owner does is the answer.
                    break;
                case ClaimOutcome.InProgress inProgress:
                    var left = waitUntil - _timeProvider.GetUtcNow();
                    if (left <= TimeSpan.Zero)
                    {
                        return new ExecutionOutcome<T>.InProgress(RetryAfter(inProgress)) { LeaseLeft = inProgress.LeaseLeft };
                    }

                    await Task.Delay(Min(pause, left, inProgress.LeaseLeft), _timeProvider, cancellationToken);
                    pause = Min(pause * 2, _options.PollInterval * 10);
                    break;
            }

            readFirst = true;
        }
    }

    /// <summary>Drops the local cache.</summary>
    public void Dispose() => _cache.Dispose();

    // The note to the sweeper is written beside the claim: no handler runs before both are there.
    private async Task<ClaimOutcome> ClaimAsync(Operation operation, bool readFirst, CancellationToken cancellationToken)
    {
        var prepared = operation.SendsMessages
            ? _commit.PrepareAsync(RecordAddress.Of(operation, _options.TableName).Partition, cancellationToken)
            : Task.CompletedTask;
        var claimed = _claimant.TryClaimAsync(operation, readFirst, cancellationToken);
        try
        {
            await Task.WhenAll(prepared, claimed);
        }
        catch when (claimed.IsCompletedSuccessfully)
        {
            // Without the note no message may be committed. Give the claim back so that a retry need not wait for the lease.
            if (claimed.Result is ClaimOutcome.Won won)
            {
                using (won.Claim)
                {
                    await LapseQuietlyAsync(won.Claim);
                }
            }

            throw;
        }

        return await claimed;
    }

    /// <returns>Null where the claim was lost.</returns>
    private async Task<ExecutionOutcome<T>?> RunAsync<T>(Operation operation, Claim claim, OperationHandler<T> handler, CancellationToken cancellationToken)
    {
        var context = new OperationContext(claim, operation);
        for (var attempt = 1; ; attempt++)
        {
            HandlerOutcome<T> decision;
            CancellationToken handlerToken = default;
            LeaseRenewal? renewal = null;
            try
            {
                await using var renewing = renewal = new LeaseRenewal(claim, _timeProvider, _logger, cancellationToken);
                handlerToken = renewal.HandlerToken;
                decision = await handler(context, handlerToken);
            }
            catch (Exception) when (claim.IsLost)
            {
                return null;
            }
            catch (Exception exception) when (renewal is { IsTimedOut: true })
            {
                await LapseQuietlyAsync(claim);
                return new ExecutionOutcome<T>.TimedOut(claim.Terms.MaxExecution, exception);
            }
            catch (StoreUnavailableException exception)
            {
                await LapseQuietlyAsync(claim);
                return new ExecutionOutcome<T>.Unavailable(HandlerRan: true, exception);
            }
            catch (OperationCanceledException exception) when (handlerToken.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // The lease ran out while the store could not be reached. (A time-out of the handler's own is a failure like any other.)
                return new ExecutionOutcome<T>.Unavailable(HandlerRan: true, exception);
            }
            catch
            {
                await LapseQuietlyAsync(claim);
                throw;
            }

            switch (decision)
            {
                case HandlerOutcome<T>.Failed failed:
                    await LapseQuietlyAsync(claim);
                    return new ExecutionOutcome<T>.NotStored(failed.Value);
                case HandlerOutcome<T>.NoEffect noEffect when attempt == 1 && IsUntouched(claim.Record):
                    await ReleaseQuietlyAsync(claim);
                    return new ExecutionOutcome<T>.NotStored(noEffect.Value);
                case HandlerOutcome<T>.NoEffect noEffect:
                    await LapseQuietlyAsync(claim);
                    return new ExecutionOutcome<T>.NotStored(noEffect.Value);
                case HandlerOutcome<T>.Completed completed:
                    try
                    {
                        switch (await CommitAsync(operation, claim, completed))
                        {
                            case ClaimWriteOutcome.Written:
                                var stored = claim.Record.Result!;
                                if (stored.OmittedBodyLength is { } omitted)
                                {
                                    _logger.BodyOmitted(claim.Address, omitted);
                                }

                                return new ExecutionOutcome<T>.Executed(completed.Value, stored, claim.Record.ExpiresAt);
                            case ClaimWriteOutcome.Lost:
                                _logger.ClaimLost(claim.Address);
                                return null;
                            case ClaimWriteOutcome.RowsRefused refused when attempt < _options.MaxCommitAttempts:
                                // The rows changed since the handler read them: let it decide again on fresh ones.
                                _logger.RowsChanged(claim.Address, refused.Index, attempt);
                                continue;
                            default:
                                await LapseQuietlyAsync(claim);
                                return new ExecutionOutcome<T>.Contended(attempt);
                        }
                    }
                    catch (StoreUnavailableException exception)
                    {
                        return new ExecutionOutcome<T>.Unavailable(HandlerRan: true, exception);
                    }
                    catch
                    {
                        await LapseQuietlyAsync(claim);
                        throw;
                    }

                default:
                    throw new NotSupportedException($"Unknown outcome {decision.GetType().Name}.");
            }
        }
    }

    private async Task<ClaimWriteOutcome> CommitAsync<T>(Operation operation, Claim claim, HandlerOutcome<T>.Completed completed)
    {
        var outcome = await _commit.WriteAsync(
            claim.Address.Partition,
            claim.OperationHash,
            completed.Rows,
            completed.Messages,
            rows => claim.CompleteAsync(completed.Result, rows),
            outcome => outcome is ClaimWriteOutcome.Written,
            CancellationToken.None);
        if (outcome is ClaimWriteOutcome.Written)
        {
            _cache.Add(claim.Address, claim.Record);
        }

        return outcome;
    }

    // Soon at first: most executions are short. A client then waits for no longer than it has been waited for anyhow.
    private static TimeSpan RetryAfter(ClaimOutcome.InProgress other) => Min(other.LeaseLeft, other.Age > TimeSpan.FromSeconds(1) ? other.Age : TimeSpan.FromSeconds(1));

    // An earlier attempt may have had outside effects under keys that derive from the record's start; a recorded step has had one.
    private static bool IsUntouched(IdempotencyRecord record) => record.Epoch == 1 && record.Steps.Count == 0;

    private Task LapseQuietlyAsync(Claim claim) => EndQuietlyAsync(claim, claim.LapseAsync);

    private Task ReleaseQuietlyAsync(Claim claim) => EndQuietlyAsync(claim, claim.ReleaseAsync);

    // Ending a lease early only spares the next retry a wait; where that fails, the lease ends by itself, and the caller is told what the handler decided.
    private async Task EndQuietlyAsync(Claim claim, Func<Task> end)
    {
        try
        {
            await end();
        }
        catch (Exception exception)
        {
            _logger.LapseFailed(claim.Address, exception);
        }
    }

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
