using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Claims;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Execution;

/// <summary>Executes each operation once: claims it, runs the handler, commits its result with its rows, and replays the result to every later caller.</summary>
public sealed class IdempotencyEngine : IDisposable
{
    private readonly Claimant _claimant;
    private readonly CompletedRecordCache _cache;
    private readonly IdempotencyOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly MessageCommit _commit;
    private readonly ClaimEnd _end;
    private readonly ClaimedExecution _execution;
    private readonly SingleTripExecution _singleTrip;

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
    internal IdempotencyEngine(RowWriter writer, IdempotencyOptions options, TimeProvider timeProvider, ILogger<IdempotencyEngine> logger, IOutbox? outbox, IdempotencyMetrics? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.ThrowIfAny(options.Validate());
        _options = options;
        _timeProvider = timeProvider;
        _commit = new MessageCommit(outbox);
        _cache = new CompletedRecordCache(options, timeProvider);
        var unknown = new UnknownOutcomeIndex(writer, options, timeProvider);
        _claimant = new Claimant(writer, _cache, unknown, options, timeProvider, metrics);
        _end = new ClaimEnd(unknown, writer.Timeout, timeProvider, logger, metrics);
        _execution = new ClaimedExecution(_commit, _cache, unknown, _end, options, timeProvider, logger);
        _singleTrip = new SingleTripExecution(writer, _claimant, _commit, _cache, options, timeProvider, logger);
    }

    /// <summary>Executes an operation, or answers with what is known of it.</summary>
    /// <typeparam name="T">What the handler tells the caller whose call it runs for.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <param name="handler">Runs where this call wins the claim. It may run more than once (a crash, changed business rows): outside calls carry stable keys.</param>
    /// <param name="cancellationToken">The caller gives up. A commit that has begun is finished all the same.</param>
    public async Task<ExecutionOutcome<T>> ExecuteAsync<T>(Operation operation, Func<OperationContext, CancellationToken, Task<HandlerOutcome<T>>> handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(handler);
        operation.ThrowIfInvalid();
        var address = RecordAddress.Of(operation, _options.TableName);
        var waiting = new Waiting(operation, _options, _timeProvider);
        var readFirst = operation.LikelyRetry;
        var mayClaim = true;
        while (true)
        {
            ClaimOutcome claimed;
            try
            {
                claimed = await ClaimAsync(operation, address, readFirst, mayClaim, cancellationToken);
            }
            catch (StoreUnavailableException exception)
            {
                return new ExecutionOutcome<T>.Unavailable(HandlerRan: false, exception);
            }

            if (claimed.ToAnswer<T>() is { } answer)
            {
                return answer;
            }

            switch (claimed)
            {
                case ClaimOutcome.Won won:
                    using (won.Claim)
                    {
                        if (await _execution.RunAsync(operation, won, handler, cancellationToken) is { } outcome)
                        {
                            return outcome;
                        }
                    }

                    // The claim was lost on the way: what its new owner does is the answer. Where that is nobody (a person has released or forgotten the operation), only a policy that
                    // lets it run again unasked lets this call do so.
                    mayClaim = won.Claim.Record.CrashPolicy == CrashPolicy.Rerun;
                    break;
                case ClaimOutcome.InProgress inProgress:
                    if (!await waiting.TryPauseAsync(inProgress, cancellationToken))
                    {
                        return Waiting.Told<T>(inProgress);
                    }

                    break;
            }

            readFirst = true;
        }
    }

    /// <summary>
    /// Executes an operation whose handler has no other effects than the rows and messages that it returns, in a single trip: record and rows are inserted in one transaction, and
    /// nothing is claimed. Two calls at once may both run; one commits, the other's rows are refused with its record, and it replays.
    /// </summary>
    /// <typeparam name="T">What the handler tells the caller whose call it runs for.</typeparam>
    /// <param name="operation">The operation. It has no crash policy: no execution leaves a trace before it commits.</param>
    /// <param name="handler">Decides what is committed.</param>
    /// <param name="cancellationToken">The caller gives up. A commit that has begun is finished all the same.</param>
    public Task<ExecutionOutcome<T>> ExecuteSingleTripAsync<T>(Operation operation, Func<SingleTripContext, CancellationToken, Task<HandlerOutcome<T>>> handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(handler);
        operation.ThrowIfInvalid();
        return operation.CrashPolicy == CrashPolicy.Rerun
            ? _singleTrip.RunAsync(operation, handler, cancellationToken)
            : throw new ArgumentException($"A single trip leaves no execution without an answer, and the operation's CrashPolicy is {operation.CrashPolicy}: leave it out, or claim the operation by ExecuteAsync.", nameof(operation));
    }

    /// <summary>How far the clocks of two instances may differ.</summary>
    internal TimeSpan ClockSkewMargin => _options.ClockSkewMargin;

    /// <summary>Drops the local cache.</summary>
    public void Dispose() => _cache.Dispose();

    // The note to the sweeper is written beside the claim: no handler runs before both are there.
    private async Task<ClaimOutcome> ClaimAsync(Operation operation, RowAddress address, bool readFirst, bool mayClaim, CancellationToken cancellationToken)
    {
        var begun = _timeProvider.GetTimestamp();
        var prepared = operation.SendsMessages
            ? _commit.PrepareAsync(address.Partition, cancellationToken)
            : Task.CompletedTask;
        var claimed = _claimant.TryClaimAsync(operation, address, readFirst, mayClaim, cancellationToken);
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
                    await _end.GiveBackAsync(won, begun);
                }
            }

            throw;
        }

        return await claimed;
    }
}
