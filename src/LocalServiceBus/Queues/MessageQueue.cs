using LocalServiceBus.Configuration;

namespace LocalServiceBus.Queues;

/// <summary>
/// One queue, as its clients and the broker's administration use it. It knows no wire. Everything happens under one lock, one turn after another; the rules are in the parts:
/// <see cref="Arrivals"/>, <see cref="Deliveries"/>, <see cref="Settlements"/>, <see cref="Departures"/>, <see cref="QueueSessions"/>, <see cref="MessageLocks"/>, <see cref="QueueClock"/>.
/// </summary>
internal sealed class MessageQueue : IDisposable
{
    public const string DeadLetterSuffix = "/$deadletterqueue";

    private readonly QueueParts _parts;

    public MessageQueue(QueueOptions options, IQueueJournal journal, TimeProvider time, bool isDeadLetterQueue = false) =>
        _parts = new QueueParts(options, journal, time, isDeadLetterQueue);

    public string Name => _parts.Rules.Name;

    public bool IsDeadLetterQueue => _parts.Rules.IsDeadLetterQueue;

    public bool HasSessions => _parts.Rules.HasSessions;

    public IQueueJournal Journal => _parts.Journal;

    /// <summary>Names the queue that takes the dead letters. Called once, before the first message.</summary>
    public void SendDeadLettersTo(MessageQueue queue) => _parts.DeadLetters = queue._parts;

    public QueueCounts Count()
    {
        using var turn = Enter();
        return _parts.Contents.Count;
    }

    /// <summary>Takes the messages in, all or none. A duplicate is taken and dropped, as the service does.</summary>
    public QueueError Send(ReadOnlySpan<NewMessage> messages, Span<long> sequenceNumbers = default)
    {
        using var turn = Enter();
        foreach (var message in messages)
        {
            if (HasSessions && message.SessionId is null)
            {
                return QueueError.SessionIdMissing;
            }
        }

        for (var i = 0; i < messages.Length; i++)
        {
            var sequenceNumber = _parts.Arrivals.Add(messages[i], turn.Now);
            if (!sequenceNumbers.IsEmpty)
            {
                sequenceNumbers[i] = sequenceNumber;
            }
        }

        return QueueError.None;
    }

    /// <summary>All or none: a number that is not of a scheduled message cancels nothing.</summary>
    public QueueError CancelScheduled(ReadOnlySpan<long> sequenceNumbers)
    {
        using var turn = Enter();
        return _parts.Departures.CancelScheduled(sequenceNumbers);
    }

    /// <summary>Shows messages in order, of any state, without locking them.</summary>
    public void Peek(long fromSequenceNumber, int maxCount, string? sessionId, Action<QueuedMessage> show)
    {
        using var turn = Enter();
        foreach (var message in _parts.Contents.InOrder().Where(message => message.SequenceNumber >= fromSequenceNumber && (sessionId is null || message.SessionId == sessionId)).Take(maxCount))
        {
            show(message);
        }
    }

    /// <summary>Deletes up to a number of the oldest unlocked active messages that came before a moment.</summary>
    public int DeleteBefore(DateTimeOffset enqueuedBefore, int maxCount)
    {
        using var turn = Enter();
        var deleted = 0;
        foreach (var message in _parts.Contents.InOrder().Where(message => message.State == MessageState.Active && !message.IsLocked && message.EnqueuedAt < enqueuedBefore).Take(maxCount))
        {
            _parts.Departures.Remove(message);
            deleted++;
        }

        return deleted;
    }

    /// <summary>Takes an unlocked message out by number and hands it to another queue as if sent again, duplicate detection aside.</summary>
    public bool TryResubmit(long sequenceNumber, MessageQueue target, Func<MessageContent, MessageContent> change)
    {
        QueuedMessage? found;
        using (Enter())
        {
            found = _parts.Contents.InOrder().FirstOrDefault(message => message.SequenceNumber == sequenceNumber && !message.IsLocked);
            if (found is null)
            {
                return false;
            }

            _parts.Departures.Unlink(found);
        }

        found.Content = change(found.Content);
        found.DeliveryCount = 0;
        found.DeadLetterSource = null;
        using var targetTurn = target.Enter();
        target._parts.Arrivals.TakeIn(found, keepNumber: false, targetTurn.Now);
        return true;
    }

    /// <summary>Puts back what the journal kept, in any order, before the first client comes.</summary>
    public void Restore(QueuedMessage message)
    {
        if (HasSessions && message.SessionId is null)
        {
            throw new LocalServiceBusException($"The queue '{Name}' requires sessions now, but it has a message without a session id from before. Name another data folder.");
        }

        using var turn = Enter();
        _parts.Arrivals.Place(message, turn.Now);
    }

    public void RestoreSequence(long lastSequenceNumber)
    {
        using var turn = Enter();
        _parts.Contents.KeepNumber(lastSequenceNumber);
    }

    public void RestoreSessionState(string sessionId, byte[] state, DateTimeOffset setAt)
    {
        using var turn = Enter();
        var session = _parts.Sessions.GetOrAdd(sessionId);
        (session.State, session.StateSetAt) = (state, setAt);
    }

    /// <summary>Names the moment before which what was seen does not matter any more.</summary>
    public void ForgetSeenBefore(DateTimeOffset now, Action<DateTimeOffset> forget) => forget(now - (_parts.Duplicates?.Window ?? TimeSpan.Zero));

    public void RestoreSeen(string messageId, DateTimeOffset seenAt) => _parts.Duplicates?.TryAdd(messageId, seenAt);

    /// <summary>
    /// Lets the consumer take messages until its delivery count reaches a limit. With drain, takes the rest of the credit back
    /// once what is there has been delivered. The consumer is told where it stands when it drains or asks (echo).
    /// </summary>
    public void Allow(QueueConsumer consumer, uint limit, bool drain, bool echo = false)
    {
        using var turn = Enter();
        consumer.Credit = Math.Max(0, (int)(limit - consumer.DeliveryCount));
        _parts.Deliveries.JoinRound(consumer, turn.Now);
        if (drain)
        {
            _parts.Deliveries.DeliverAll(turn.Now);
            consumer.DeliveryCount += (uint)consumer.Credit;
            consumer.Credit = 0;
            Deliveries.LeaveRound(consumer);
        }

        if (drain || echo)
        {
            consumer.OnCredit(drain);
        }
    }

    /// <summary>The consumer was held up, and is no longer.</summary>
    public void Resume(QueueConsumer consumer)
    {
        using var turn = Enter();
        _parts.Deliveries.JoinRound(consumer, turn.Now);
    }

    /// <summary>The consumer is gone. Its message locks stay until they lapse or are settled by token, as in the service; its session is free at once.</summary>
    public void Leave(QueueConsumer consumer)
    {
        using var turn = Enter();
        consumer.Credit = 0;
        Deliveries.LeaveRound(consumer);
        _parts.Sessions.Withdraw(consumer);
        if (consumer.Session is { } session)
        {
            _parts.Settlements.ReleaseSession(session, failed: false, turn.Now);
        }
    }

    /// <summary>Asks for a session, or for the next one with messages. The consumer is told now or by the deadline.</summary>
    public void AcceptSession(QueueConsumer consumer, string? sessionId, TimeSpan maxWait)
    {
        using var turn = Enter();
        if (sessionId is null)
        {
            _parts.Sessions.Request(consumer, turn.Now + maxWait);
        }
        else if (_parts.Sessions.GetOrAdd(sessionId) is { Holder: null } session)
        {
            _parts.Deliveries.Hold(session, consumer, turn.Now);
        }
        else
        {
            consumer.OnSessionRefused(QueueError.SessionCannotBeLocked);
        }
    }

    public QueueError Complete(Guid lockToken)
    {
        using var turn = Enter();
        return _parts.Settlements.Complete(lockToken, turn.Now);
    }

    /// <summary>Gives the message back. A failed delivery counts; a released one does not.</summary>
    public QueueError Abandon(Guid lockToken, IReadOnlyDictionary<string, object?>? changes = null, bool failed = true)
    {
        using var turn = Enter();
        return _parts.Settlements.Abandon(lockToken, changes, failed, turn.Now);
    }

    public QueueError Defer(Guid lockToken, IReadOnlyDictionary<string, object?>? changes = null)
    {
        using var turn = Enter();
        return _parts.Settlements.Defer(lockToken, changes, turn.Now);
    }

    public QueueError DeadLetter(Guid lockToken, string? reason, string? description, IReadOnlyDictionary<string, object?>? changes = null)
    {
        using var turn = Enter();
        return _parts.Settlements.DeadLetter(lockToken, reason, description, changes, turn.Now);
    }

    /// <summary>A lock under a session lives with the session's lock, and can't be renewed by itself.</summary>
    public QueueError RenewLocks(ReadOnlySpan<Guid> lockTokens, Span<DateTimeOffset> lockedUntil)
    {
        using var turn = Enter();
        return HasSessions ? QueueError.SessionRequired : _parts.Locks.Renew(lockTokens, lockedUntil, turn.Now);
    }

    /// <summary>Receives deferred messages by number, all or none.</summary>
    public QueueError ReceiveDeferred(ReadOnlySpan<long> sequenceNumbers, QueueConsumer? sessionHolder, bool takeAndDelete, Action<QueuedMessage> show)
    {
        using var turn = Enter();
        return _parts.Settlements.ReceiveDeferred(sequenceNumbers, sessionHolder, takeAndDelete, show, turn.Now);
    }

    /// <summary>Finds who holds a session, for requests that only its holder may make.</summary>
    public QueueConsumer? HolderOf(string sessionId)
    {
        using var turn = Enter();
        return _parts.Sessions.Find(sessionId)?.Holder;
    }

    public QueueError RenewSession(string sessionId, QueueConsumer holder, out DateTimeOffset lockedUntil)
    {
        using var turn = Enter();
        var session = QueueSessions.Held(sessionId, holder);
        lockedUntil = session is null ? default : _parts.Sessions.Renew(session, turn.Now);
        return session is null ? QueueError.SessionLockLost : QueueError.None;
    }

    public QueueError GetSessionState(string sessionId, QueueConsumer holder, out byte[]? state)
    {
        using var turn = Enter();
        var session = QueueSessions.Held(sessionId, holder);
        state = session?.State;
        return session is null ? QueueError.SessionLockLost : QueueError.None;
    }

    public QueueError SetSessionState(string sessionId, QueueConsumer holder, byte[]? state)
    {
        using var turn = Enter();
        if (QueueSessions.Held(sessionId, holder) is not { } session)
        {
            return QueueError.SessionLockLost;
        }

        (session.State, session.StateSetAt) = (state, turn.Now);
        Journal.SaveSessionState(Name, sessionId, state, turn.Now);
        return QueueError.None;
    }

    /// <summary>The names of the sessions that have messages or a state, or of those whose state was set after a moment.</summary>
    public string[] ListSessions(int skip, int top, DateTimeOffset? stateSetAfter = null)
    {
        using var turn = Enter();
        return _parts.Sessions.List(skip, top, stateSetAfter);
    }

    public void Dispose() => _parts.Dispose();

    private QueueTurn Enter() => new(_parts);
}
