using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Batches;

/// <summary>
/// Applies a batch: fills a transaction with one event after the other until it is full, commits it, and goes on. A transaction that is refused is filled again without the
/// event that it was refused for, so that no event fails for another's rows.
/// </summary>
internal sealed class InboxBatch(MessageInbox inbox, RowWriter writer, MessageCommit commit, InboxOptions options, TimeProvider timeProvider, ILogger logger, InboxHandler handler)
{
    private readonly MarkReader _marks = new(inbox, writer, logger);
    private readonly FailedSessions _failures = new();
    private readonly Dictionary<RowAddress, AppliedEvent> _applied = [];
    private bool _isStoreAway;

    /// <param name="messages">The messages in the order in which they are applied.</param>
    /// <param name="cancellationToken">Begins nothing more.</param>
    /// <returns>Once each message has its outcome.</returns>
    public async Task RunAsync(IReadOnlyList<BatchMessage> messages, CancellationToken cancellationToken)
    {
        for (var place = 0; place < messages.Count; place++)
        {
            messages[place].Place = place;
        }

        _isStoreAway |= !await _marks.TryReadAsync(messages.Where(message => message.Delivery.LikelyDuplicate), cancellationToken);
        for (var next = 0; next < messages.Count;)
        {
            var (transaction, end) = await FillAsync(messages, next, cancellationToken);
            if (transaction is null || await CommitAsync(transaction, messages, cancellationToken))
            {
                next = end;
            }
        }
    }

    /// <returns>What is to be committed, null where there is nothing, and where to go on.</returns>
    private async Task<(BatchTransaction? Transaction, int End)> FillAsync(IReadOnlyList<BatchMessage> messages, int next, CancellationToken cancellationToken)
    {
        BatchTransaction? transaction = null;
        for (; next < messages.Count; next++)
        {
            var message = messages[next];
            if (message.Outcome is not null || TryDecide(message, cancellationToken))
            {
                _failures.Note(message);
                continue;
            }

            if (transaction is not null && (message.IsAlone || message.BeginsTransaction || message.Address.Partition != transaction.Partition))
            {
                break;
            }

            if (transaction?.Find(message.Address) is { } first)
            {
                if (first.Identity!.Content != message.Identity!.Content)
                {
                    // Only once the first is applied, the id stands for it.
                    break;
                }

                transaction.AddCopy(message);
                continue;
            }

            if (!message.IsAlone)
            {
                transaction ??= new BatchTransaction(message.Address.Partition, writer.Store);
                var isTaken = await TryTakeAsync(message, transaction, cancellationToken);
                if (isTaken || message.Outcome is not null)
                {
                    _failures.Note(message);
                    continue;
                }

                if (transaction.Entries.Count > 0)
                {
                    break;
                }

                // Not even an empty transaction takes it.
                transaction = null;
                message.IsAlone = true;
            }

            await ApplyAloneAsync(message, cancellationToken);
            _failures.Note(message);
        }

        return (transaction?.Entries.Count > 0 ? transaction : null, next);
    }

    /// <summary>What can be said of a message without its handler.</summary>
    private bool TryDecide(BatchMessage message, CancellationToken cancellationToken)
    {
        message.Outcome = message switch
        {
            // Before anything else: what is done is to be settled, even while the app stops.
            { Fault: null } when FindApplied(message) is { } applied => applied.Meet(message.Identity!),
            _ when _failures.IsBehindFailure(message) => new InboxOutcome.HeldBack($"A message before it in its session '{message.Session}' failed."),
            _ when _isStoreAway => new InboxOutcome.HeldBack("The store did not answer for a message before it."),
            _ when cancellationToken.IsCancellationRequested => new InboxOutcome.HeldBack("The consumer stops, or the message's lock ends."),
            { Fault: { } fault } => Failed(message, fault),
            _ => null,
        };
        return message.Outcome is not null;
    }

    private void Interrupted(BatchMessage message, CancellationToken cancellationToken)
    {
        TryDecide(message, cancellationToken);
        message.Outcome = message.Outcome is InboxOutcome.HeldBack heldBack ? heldBack with { WasBegun = true } : message.Outcome;
    }

    private AppliedEvent? FindApplied(BatchMessage message)
    {
        try
        {
            return _applied.GetValueOrDefault(message.Address) ?? inbox.FindApplied(message.Address) ?? inbox.FindApplied(message.Mark);
        }
        catch (InvalidDataException)
        {
            // A mark that can't be read: alone, the message says so.
            (message.Mark, message.IsAlone) = (null, true);
            return null;
        }
    }

    /// <returns>Whether the transaction has taken it. Where it has not and there is no outcome either, it must come in another transaction.</returns>
    private async Task<bool> TryTakeAsync(BatchMessage message, BatchTransaction transaction, CancellationToken cancellationToken)
    {
        try
        {
            var now = timeProvider.GetUtcNow();
            var context = new InboxContext(message.Delivery, message.Identity!, transaction.Partition, ProcessedEvent.OperationHashOf(message.Address, now), now, attempt: 1, transaction.ReadAsync);
            switch (await handler(context, cancellationToken))
            {
                case InboxDecision.Apply apply:
                    if (TryToRows(context, apply) is not { } rows)
                    {
                        message.IsAlone = true;
                        return false;
                    }

                    return transaction.TryAdd(new BatchEntry(message, ProcessedEvent.Of(context, apply, options.Retention), apply.Rows, rows));

                case InboxDecision.Reject:
                    // Judged by rows that may not come to be, or by those of its own first copy: it is judged again once what is before it is committed.
                    message.IsAlone = true;
                    return false;

                case var unknown:
                    throw new NotSupportedException($"Unknown decision {unknown?.GetType().Name ?? "null"}.");
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Interrupted(message, cancellationToken);
        }
        catch (Exception exception)
        {
            message.Outcome = Failed(message, exception);
        }

        return false;
    }

    /// <returns>The rows of its messages; null where one is too large to be sent: alone, the event is rejected for that.</returns>
    private IReadOnlyList<RowWrite>? TryToRows(InboxContext context, InboxDecision.Apply apply)
    {
        try
        {
            return commit.ToRows(context.OperationHash, apply.Messages);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private async Task ApplyAloneAsync(BatchMessage message, CancellationToken cancellationToken)
    {
        try
        {
            message.Outcome = await inbox.ApplyAsync(message.Delivery, message.Address.Partition, handler, cancellationToken);
            _isStoreAway |= message.Outcome is InboxOutcome.Failed { Cause: StoreUnavailableException };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Interrupted(message, cancellationToken);
        }
    }

    /// <returns>Whether its messages have their outcomes; else they are to be tried again, in another way.</returns>
    private async Task<bool> CommitAsync(BatchTransaction transaction, IReadOnlyList<BatchMessage> messages, CancellationToken cancellationToken)
    {
        try
        {
            if (transaction.Sends)
            {
                await commit.PrepareAsync(transaction.Partition, cancellationToken);
            }

            switch (await writer.WriteAsync(transaction.Partition, transaction.ToWrites(), CancellationToken.None))
            {
                case CommitOutcome.Written:
                    Committed(transaction);
                    return true;

                case CommitOutcome.Refused { Index: { } index }:
                    var (entry, isMark) = transaction.OwnerOf(index);
                    logger.BatchSplit(transaction.Entries.Count, transaction.Partition, entry.Message.Delivery.Message.MessageId);
                    await SplitAsync(entry.Message, isMark, messages, cancellationToken);
                    return false;

                default:
                    Halve(transaction, exception: null);
                    return false;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nothing was written: each is held back at its turn.
            return false;
        }
        catch (StoreUnavailableException exception)
        {
            logger.BatchInterrupted(transaction.Entries.Count, transaction.Partition, exception);
            Interrupt(transaction, exception);
            return false;
        }
        catch (Exception exception)
        {
            // Too large together, or a row that the store does not take: of one event, which then fails alone.
            Halve(transaction, exception);
            return false;
        }
    }

    private void Committed(BatchTransaction transaction)
    {
        foreach (var entry in transaction.Entries)
        {
            entry.Message.Outcome = new InboxOutcome.Processed();
            _applied[entry.Message.Address] = entry.Applied.Applied;
            inbox.Remember(entry.Message.Address, entry.Applied);
            if (entry.Messages.Count > 0)
            {
                commit.Committed(transaction.Partition, entry.Applied.OperationHash);
            }
        }

        foreach (var copy in transaction.Copies)
        {
            copy.Outcome = new InboxOutcome.Duplicate();
        }
    }

    private async Task SplitAsync(BatchMessage refused, bool isMark, IReadOnlyList<BatchMessage> messages, CancellationToken cancellationToken)
    {
        refused.SuspectDuplicate();
        if (!isMark || refused.IsLookedUp)
        {
            refused.IsAlone = true;
        }

        if (isMark)
        {
            // Where one comes again, those beside it mostly do.
            _isStoreAway |= !await _marks.TryReadAsync(messages, cancellationToken);
        }
    }

    private void Halve(BatchTransaction transaction, Exception? exception)
    {
        logger.BatchHalved(transaction.Entries.Count, transaction.Partition, exception);
        if (transaction.Entries.Count == 1)
        {
            transaction.Entries[0].Message.IsAlone = true;
        }
        else
        {
            transaction.Entries[transaction.Entries.Count / 2].Message.BeginsTransaction = true;
        }
    }

    // Whether it was written is not known. The first of each session counts as tried; what is behind it is held back at its turn.
    private void Interrupt(BatchTransaction transaction, StoreUnavailableException exception)
    {
        foreach (var message in transaction.Entries.Select(entry => entry.Message).Concat(transaction.Copies))
        {
            if (!_failures.IsBehindFailure(message))
            {
                message.Outcome = Failed(message, exception);
                _failures.Note(message);
            }
        }

        _isStoreAway = true;
    }

    private InboxOutcome.Failed Failed(BatchMessage message, Exception cause) => inbox.Failed(message.Delivery, message.Identity!.EventId, cause);
}
