namespace LocalServiceBus.Queues;

/// <summary>How a message leaves the queue: for good, or to the dead letters.</summary>
internal sealed class Departures(QueueRules rules, QueueContents contents, DueTimes due, MessageLocks locks, QueueSessions sessions, IQueueJournal journal)
{
    private readonly List<QueuedMessage> _toDeadLetters = [];

    public void Remove(QueuedMessage message)
    {
        Unlink(message);
        journal.Remove(message);
    }

    /// <summary>Removes scheduled messages, all or none.</summary>
    public QueueError CancelScheduled(ReadOnlySpan<long> sequenceNumbers)
    {
        foreach (var number in sequenceNumbers)
        {
            if (!contents.TryGetScheduled(number, out _))
            {
                return QueueError.MessageNotFound;
            }
        }

        foreach (var number in sequenceNumbers)
        {
            if (contents.TryGetScheduled(number, out var message))
            {
                Remove(message);
            }
        }

        return QueueError.None;
    }

    /// <summary>Ends the message's stay here without a trace in the journal: it goes elsewhere.</summary>
    public void Unlink(QueuedMessage message)
    {
        due.Remove(message);
        contents.Remove(message);
        message.Place.List?.Remove(message.Place);
        locks.Unlock(message);
        if (message.SessionId is not null && rules.HasSessions && sessions.Find(message.SessionId) is { } session)
        {
            sessions.ForgetIfIdle(session);
        }
    }

    public void MoveToDeadLetters(QueuedMessage message, string? reason, string? description, IReadOnlyDictionary<string, object?>? changes = null)
    {
        Unlink(message);
        var properties = changes is null ? [] : new Dictionary<string, object?>(changes, StringComparer.Ordinal);
        if (reason is not null)
        {
            properties[DeadLetterProperties.Reason] = reason;
        }

        if (description is not null)
        {
            properties[DeadLetterProperties.Description] = description;
        }

        if (properties.Count > 0)
        {
            message.Content = message.Content.With(properties);
        }

        _toDeadLetters.Add(message);
    }

    public void Expire(QueuedMessage message)
    {
        if (rules.Options.DeadLetteringOnMessageExpiration)
        {
            MoveToDeadLetters(message, "TTLExpiredException", "The message expired and was dead lettered.");
        }
        else
        {
            Remove(message);
        }
    }

    /// <summary>Expires a message that a lock kept alive: its entry among the due ones was used up meanwhile.</summary>
    public bool ExpireIfDue(QueuedMessage message, DateTimeOffset now)
    {
        if (message.ExpiresAt is not { } expiresAt || expiresAt > now)
        {
            return false;
        }

        Expire(message);
        return true;
    }

    /// <summary>What is to be handed to the dead letters when this queue's lock is free again: two queues that forward to each other would else deadlock.</summary>
    public QueuedMessage[] TakeDeadLetters()
    {
        if (_toDeadLetters.Count == 0)
        {
            return [];
        }

        QueuedMessage[] taken = [.. _toDeadLetters];
        _toDeadLetters.Clear();
        return taken;
    }
}
