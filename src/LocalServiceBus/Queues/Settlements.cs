namespace LocalServiceBus.Queues;

/// <summary>How a delivery ends: completed, given back, deferred, dead-lettered, or by the end of its lock.</summary>
internal sealed class Settlements(
    QueueRules rules, QueueContents contents, MessageLocks locks, QueueSessions sessions, Departures departures, Deliveries deliveries, IQueueJournal journal)
{
    public QueueError Complete(Guid lockToken, DateTimeOffset now)
    {
        if (!locks.TryGet(lockToken, now, out var message))
        {
            return QueueError.MessageLockLost;
        }

        departures.Remove(message);
        return QueueError.None;
    }

    public QueueError Abandon(Guid lockToken, IReadOnlyDictionary<string, object?>? changes, bool failed, DateTimeOffset now)
    {
        if (!locks.TryGet(lockToken, now, out var message))
        {
            return QueueError.MessageLockLost;
        }

        Change(message, changes);
        GiveBack(message, failed, now);
        return QueueError.None;
    }

    public QueueError Defer(Guid lockToken, IReadOnlyDictionary<string, object?>? changes, DateTimeOffset now)
    {
        if (!locks.TryGet(lockToken, now, out var message))
        {
            return QueueError.MessageLockLost;
        }

        Change(message, changes);
        locks.Unlock(message);
        message.DeliveryCount++;
        contents.Defer(message);
        journal.Update(rules.Name, message);
        departures.ExpireIfDue(message, now);
        return QueueError.None;
    }

    public QueueError DeadLetter(Guid lockToken, string? reason, string? description, IReadOnlyDictionary<string, object?>? changes, DateTimeOffset now)
    {
        if (rules.IsDeadLetterQueue)
        {
            return QueueError.AlreadyDeadLettered;
        }

        if (!locks.TryGet(lockToken, now, out var message))
        {
            return QueueError.MessageLockLost;
        }

        message.DeliveryCount++;
        departures.MoveToDeadLetters(message, reason, description, changes);
        return QueueError.None;
    }

    /// <summary>Receives deferred messages by number, all or none: the second part of a delivery that was put off.</summary>
    public QueueError ReceiveDeferred(ReadOnlySpan<long> sequenceNumbers, QueueConsumer? sessionHolder, bool takeAndDelete, Action<QueuedMessage> show, DateTimeOffset now)
    {
        foreach (var number in sequenceNumbers)
        {
            if (!contents.TryGetDeferred(number, out var message))
            {
                return QueueError.MessageNotFound;
            }

            if (rules.HasSessions && (sessionHolder?.Session is not { } session || session.Id != message.SessionId))
            {
                return QueueError.SessionLockLost;
            }
        }

        foreach (var number in sequenceNumbers)
        {
            if (!contents.TryGetDeferred(number, out var message))
            {
                continue; // the same number twice
            }

            if (takeAndDelete)
            {
                show(message);
                departures.Remove(message);
            }
            else
            {
                locks.Lock(message, sessionHolder, now);
                show(message);
            }
        }

        return QueueError.None;
    }

    /// <summary>Ends a delivery without a result. A failed one counts; a released one does not.</summary>
    public void GiveBack(QueuedMessage message, bool failed, DateTimeOffset now)
    {
        locks.Unlock(message);
        if (failed)
        {
            message.DeliveryCount++;
            journal.Update(rules.Name, message);
            var max = rules.Options.MaxDeliveryCount;
            if (!rules.IsDeadLetterQueue && message.DeliveryCount >= max)
            {
                departures.MoveToDeadLetters(message, "MaxDeliveryCountExceeded", $"Message could not be consumed after {max} delivery attempts.");
                return;
            }
        }

        if (departures.ExpireIfDue(message, now) || message.State == MessageState.Deferred)
        {
            return; // a deferred message stays deferred until it is received by number and completed
        }

        deliveries.MakeAvailable(message, returned: true, now);
    }

    /// <summary>Takes a session from its holder and gives back what was locked under it.</summary>
    public void ReleaseSession(MessageSession session, bool failed, DateTimeOffset now)
    {
        QueueSessions.Release(session);
        foreach (var message in session.Locked.OrderBy(message => message.SequenceNumber).ToArray())
        {
            GiveBack(message, failed, now);
        }

        deliveries.Offer(session, now);
        sessions.ForgetIfIdle(session);
    }

    private void Change(QueuedMessage message, IReadOnlyDictionary<string, object?>? changes)
    {
        if (changes is { Count: > 0 })
        {
            message.Content = message.Content.With(changes);
            journal.Save(rules.Name, message);
        }
    }
}
