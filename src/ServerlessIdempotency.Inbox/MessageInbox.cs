using System.Text;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Fingerprints;
using ServerlessIdempotency.Inbox.Batches;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Inbox;

/// <summary>Applies each event once for each consumer, however often its message is delivered.</summary>
public sealed class MessageInbox : IDisposable
{
    private readonly RowWriter _writer;
    private readonly IdempotencyEngine _engine;
    private readonly InboxOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<MessageInbox> _logger;
    private readonly MessageCommit _commit;
    private readonly AppliedEventCache _cache;

    /// <summary>Creates an inbox over a store. Apps get theirs by <c>services.AddIdempotency().AddInbox()</c>.</summary>
    /// <param name="writer">The store, through the writer that knows its own writes.</param>
    /// <param name="engine">Claims and commits for handlers with outside effects.</param>
    /// <param name="options">Retention and limits.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    public MessageInbox(RowWriter writer, IdempotencyEngine engine, InboxOptions options, TimeProvider timeProvider, ILogger<MessageInbox> logger)
        : this(writer, engine, options, timeProvider, logger, outbox: null)
    {
    }

    // Without an outbox a handler that sends is an error.
    internal MessageInbox(RowWriter writer, IdempotencyEngine engine, InboxOptions options, TimeProvider timeProvider, ILogger<MessageInbox> logger, IOutbox? outbox)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionFaults.ThrowIfAny(options.Validate());
        _writer = writer;
        _engine = engine;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _commit = new MessageCommit(outbox);
        _cache = new AppliedEventCache(options.LocalCacheEntries, timeProvider);
    }

    /// <summary>
    /// Applies an event in a single trip: one transaction writes the mark that it was applied, the handler's rows and its messages. A duplicate is
    /// refused by the mark.
    /// </summary>
    /// <param name="delivery">The message.</param>
    /// <param name="partition">Where the handler's rows are. Every copy of the event must arrive at the same partition: derive it from the event.</param>
    /// <param name="handler">Decides what the event changes.</param>
    /// <param name="cancellationToken">Gives the message up before its commit; a commit that has begun is finished all the same.</param>
    public async Task<InboxOutcome> ApplyAsync(InboxDelivery delivery, PartitionAddress partition, InboxHandler handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var identity = Identify(delivery);
        if (identity is not EventIdentity.Known known)
        {
            return ((EventIdentity.Unknown)identity).Rejection;
        }

        var address = partition.Row(ProcessedEvent.RowKey(delivery, known.EventId));
        if (_cache.Find(address) is { } cached)
        {
            return cached.Meet(known);
        }

        try
        {
            // Inserting finds out by itself; reading first is cheaper only where a duplicate is likely.
            var current = delivery.LikelyDuplicate ? await _writer.Store.ReadAsync(address, cancellationToken) : null;
            for (var attempt = 1; ; attempt++)
            {
                if (FindApplied(current) is { } applied)
                {
                    return applied.Meet(known);
                }

                if (attempt > _options.MaxAttempts)
                {
                    return Failed(delivery, known.EventId, new MessageNotAppliedException($"The rows of {partition} kept changing under the event's handler, {_options.MaxAttempts} times."));
                }

                var now = _timeProvider.GetUtcNow();
                var context = new InboxContext(delivery, known, partition, ProcessedEvent.OperationHashOf(address, now), now, attempt, (rowKey, token) => _writer.Store.ReadAsync(partition.Row(rowKey), token));
                switch (await handler(context, cancellationToken))
                {
                    case InboxDecision.Reject reject:
                        // A duplicate may look wrong to its handler just because the first copy was applied: that is no dead letter.
                        return FindApplied(await _writer.Store.ReadAsync(address, cancellationToken))?.Meet(known)
                            ?? new InboxOutcome.Rejected(reject.Reason, reject.Description);

                    case InboxDecision.Apply apply:
                        CommitOutcome committed;
                        try
                        {
                            committed = await CommitAsync(context, address, current, apply, cancellationToken);
                        }
                        catch (ArgumentException exception)
                        {
                            // Nothing has happened, and no other delivery of it would fit either (law 14).
                            return new InboxOutcome.Rejected(RejectionReasons.EffectsNotStorable, exception.Message);
                        }

                        switch (committed)
                        {
                            case CommitOutcome.Written:
                                return new InboxOutcome.Processed();

                            // Somebody else's mark, or an expired one; the next turn tells. The handler runs again only in the second case.
                            case CommitOutcome.Refused { Index: 0 } refused:
                                current = refused.Current;
                                break;

                            case CommitOutcome.Refused refused:
                                _logger.RowsChanged(address, refused.Index, attempt);
                                break;
                        }

                        break;

                    case var unknown:
                        throw new NotSupportedException($"Unknown decision {unknown?.GetType().Name ?? "null"}.");
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            return Failed(delivery, known.EventId, exception);
        }
    }

    /// <summary>
    /// Claims the event, runs the handler and commits its result, for handlers with outside effects: their calls carry the operation's stable keys.
    /// </summary>
    /// <typeparam name="T">What the handler tells of an attempt.</typeparam>
    /// <param name="delivery">The message.</param>
    /// <param name="handler">Runs where this delivery wins the claim.</param>
    /// <param name="execution">How; null for the defaults.</param>
    /// <param name="cancellationToken">Gives the message up before its commit.</param>
    public async Task<InboxOutcome> ExecuteAsync<T>(InboxDelivery delivery, Func<OperationContext, CancellationToken, Task<HandlerOutcome<T>>> handler, InboxExecution<T>? execution, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var identity = Identify(delivery);
        if (identity is not EventIdentity.Known known)
        {
            return ((EventIdentity.Unknown)identity).Rejection;
        }

        OperationContext? ran = null;
        try
        {
            var operation = new Operation
            {
                Scope = new OperationScope(delivery.Tenant, delivery.Consumer),
                Key = IdempotencyKey.Create(known.EventId.Value),

                // The same source and id are the same event (CloudEvents 1.0). That it says the same, too, is known of what this version or a later one has claimed.
                Fingerprint = Fingerprint.FromBytes(delivery.Consumer, Encoding.UTF8.GetBytes(known.EventId.Value)),
                LikelyRetry = delivery.LikelyDuplicate,
                Retention = _options.Retention,
            };
            var shaped = execution?.Shape?.Invoke(operation) ?? operation;
            var outcome = await _engine.ExecuteAsync(
                shaped.Fingerprint == operation.Fingerprint ? shaped with { Content = known.Content } : shaped,
                (context, token) => handler(ran = context, token),
                cancellationToken);
            return outcome switch
            {
                ExecutionOutcome<T>.Executed executed => new InboxOutcome.Processed { Result = executed.Result },
                ExecutionOutcome<T>.Replayed replayed => new InboxOutcome.Duplicate { Result = replayed.Result },
                ExecutionOutcome<T>.InProgress inProgress => new InboxOutcome.InProgressElsewhere(inProgress.LeaseLeft),
                ExecutionOutcome<T>.Mismatch => AppliedEvent.Reused(),
                ExecutionOutcome<T>.NotStored notStored => execution?.Rejection?.Invoke(notStored.Value)
                    ?? (InboxOutcome)Failed(delivery, known.EventId, new MessageNotAppliedException("The handler says that this attempt failed; nothing is stored.")),
                ExecutionOutcome<T>.OutcomeUnknown unknown => UnknownOutcome.Of(unknown.Reason, isOwn: ran is not null) with { Cause = unknown.Cause },
                ExecutionOutcome<T>.TimedOut { IsOutcomeUnknown: true } timedOut => Unknown($"It took {timedOut.MaxExecution}, as long as it may.", timedOut.Cause),
                ExecutionOutcome<T>.TimedOut timedOut => Failed(delivery, known.EventId, timedOut.Cause),
                ExecutionOutcome<T>.Unavailable unavailable => Failed(delivery, known.EventId, unavailable.Cause),
                ExecutionOutcome<T>.Contended contended => Failed(delivery, known.EventId, new MessageNotAppliedException($"The rows kept changing under the event's handler, {contended.Attempts} times.")),
                _ => throw new NotSupportedException($"Unknown outcome {outcome.GetType().Name}."),
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            // Where no other delivery may run or ask, to give it back would only tell the next one so.
            return ran is { IsLeftToPerson: true } ? Unknown($"It ended with {exception.GetType().Name}: {exception.Message}", exception) : Failed(delivery, known.EventId, exception);
        }

        InboxOutcome.Rejected Unknown(string reason, Exception cause)
        {
            Failed(delivery, known.EventId, cause);
            return UnknownOutcome.Of(reason, isOwn: true) with { Cause = cause };
        }
    }

    /// <summary>
    /// Applies events in as few transactions as their rows allow, 100 in each: one writes the marks, rows and messages of many events of one partition. Each event has an
    /// outcome of its own, and none is processed whose transaction did not commit.
    /// </summary>
    /// <remarks>
    /// <para>Events of one session are applied in the order given; one that fails holds back those behind it in its session and no others, and a rejected one none. A copy
    /// within the batch is a duplicate of the first. Where a transaction is refused for the rows of one event, that one is applied by itself and the others together.</para>
    /// <para>The handler is that of <see cref="ApplyAsync"/>. It runs for one event after the other, more than once where a transaction was full or refused, and should read by
    /// <see cref="InboxContext.ReadAsync"/>.</para>
    /// </remarks>
    /// <param name="deliveries">The messages, in the order of their queue.</param>
    /// <param name="partitionOf">Where a message's rows are. Every copy of the event must arrive at the same partition.</param>
    /// <param name="handler">Decides what an event changes.</param>
    /// <param name="cancellationToken">Begins nothing more: what is not committed by then is held back, and what is keeps its outcome.</param>
    /// <returns>The outcomes, in the order of <paramref name="deliveries"/>.</returns>
    public async Task<IReadOnlyList<InboxOutcome>> ExecuteBatchAsync(
        IReadOnlyList<InboxDelivery> deliveries, Func<InboxDelivery, PartitionAddress> partitionOf, InboxHandler handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deliveries);
        ArgumentNullException.ThrowIfNull(partitionOf);
        ArgumentNullException.ThrowIfNull(handler);
        var messages = deliveries.Select(delivery => new BatchMessage(delivery, Identify(delivery), partitionOf)).ToList();
        await new InboxBatch(this, _writer, _commit, _options, _timeProvider, _logger, handler).RunAsync(BatchOrder.Of(messages), cancellationToken);
        return [.. messages.Select(message => message.Outcome!)];
    }

    /// <summary>Drops the local cache.</summary>
    public void Dispose() => _cache.Dispose();

    private EventIdentity Identify(InboxDelivery delivery)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentException.ThrowIfNullOrEmpty(delivery.Consumer, nameof(delivery));
        return EventIdentity.Of(delivery, _options.EventIdProperty);
    }

    private async Task<CommitOutcome> CommitAsync(InboxContext context, RowAddress address, Row? current, InboxDecision.Apply apply, CancellationToken cancellationToken)
    {
        var applied = ProcessedEvent.Of(context, apply, _options.Retention);
        RowTransaction.ThrowIfTooMany("The event", apply.Rows.Count, apply.Messages.Count, "its own mark");

        // There is no claim to write the note beside; mostly the partition is known already and the note costs nothing.
        var outcome = await _commit.WriteAsync(
            address.Partition,
            context.OperationHash,
            [applied.ToWrite(address.RowKey, current), .. apply.Rows],
            apply.Messages,
            writes => _writer.WriteAsync(address.Partition, writes, CancellationToken.None),
            outcome => outcome is CommitOutcome.Written,
            cancellationToken);
        if (outcome is CommitOutcome.Written)
        {
            Remember(address, applied);
        }

        return outcome;
    }

    /// <summary>The event, where this process knows that it is applied.</summary>
    internal AppliedEvent? FindApplied(RowAddress address) => _cache.Find(address);

    internal void Remember(RowAddress address, ProcessedEvent applied) => _cache.Add(address, applied.Applied);

    /// <summary>The event, where its mark says that it is applied.</summary>
    internal AppliedEvent? FindApplied(Row? row)
    {
        if (row is null)
        {
            return null;
        }

        var applied = ProcessedEvent.FromRow(row);
        // The clock of the instance that applied it may be behind this one's by the margin.
        if (_timeProvider.GetUtcNow() >= applied.ExpiresAt + _engine.ClockSkewMargin)
        {
            return null;
        }

        Remember(row.Address, applied);
        if (applied.Messages > 0)
        {
            // Whoever applied it may have died before it sent. Asking costs this delivery nothing, and the sweeper need not come for it.
            _commit.Committed(row.Address.Partition, applied.OperationHash);
        }

        return applied.Applied;
    }

    internal InboxOutcome.Failed Failed(InboxDelivery delivery, EventId eventId, Exception cause)
    {
        _logger.EventFailed(eventId.Value, delivery.Consumer, delivery.Message.DeliveryCount, cause);
        return new InboxOutcome.Failed(cause);
    }
}
