using System.Diagnostics.CodeAnalysis;

namespace LocalServiceBus.Queues;

/// <summary>Consumers, locks, settlement and sessions.</summary>
internal sealed partial class MessageQueue
{
    private readonly LinkedList<QueueConsumer> _round = new();
    private readonly LinkedList<QueuedMessage> _locked = new();
    private readonly Dictionary<Guid, QueuedMessage> _byLockToken = [];
    private readonly Dictionary<string, MessageSession> _sessions = new(StringComparer.Ordinal);
    private readonly LinkedList<MessageSession> _readySessions = new();
    private readonly LinkedList<MessageSession> _heldSessions = new();
    private readonly List<SessionRequest> _requests = [];

    /// <summary>
    /// Lets the consumer take messages until its delivery count reaches a limit. With drain, takes the rest of the credit back
    /// once what is there has been delivered. The consumer is told where it stands when it drains or asks (echo).
    /// </summary>
    public void Allow(QueueConsumer consumer, uint limit, bool drain, bool echo = false)
    {
        using var turn = Enter();
        consumer.Credit = Math.Max(0, (int)(limit - consumer.DeliveryCount));
        JoinRound(consumer);
        if (drain)
        {
            Deliver(turn.Now);
            consumer.DeliveryCount += (uint)consumer.Credit;
            consumer.Credit = 0;
            consumer.Turn.List?.Remove(consumer.Turn);
        }

        if (drain || echo)
        {
            consumer.OnCredit(drain);
        }
    }

    /// <summary>
    /// The consumer is gone. Its message locks stay until they lapse or are settled by token, as in the service; its session is free at once.
    /// </summary>
    public void Leave(QueueConsumer consumer)
    {
        using var turn = Enter();
        consumer.Credit = 0;
        consumer.Turn.List?.Remove(consumer.Turn);
        _requests.RemoveAll(request => request.Consumer == consumer);
        if (consumer.Session is { } session)
        {
            ReleaseSession(session, failed: false);
        }
    }

    /// <summary>Asks for a session, or for the next one with messages. The consumer is told now or by the deadline.</summary>
    public void AcceptSession(QueueConsumer consumer, string? sessionId, TimeSpan patience)
    {
        using var turn = Enter();
        if (sessionId is null)
        {
            _requests.Add(new SessionRequest(consumer, turn.Now + patience));
            return;
        }

        var session = SessionNamed(sessionId);
        if (session.Holder is not null)
        {
            consumer.OnSessionRefused(QueueError.SessionCannotBeLocked);
            return;
        }

        Hold(session, consumer, turn.Now);
    }

    public QueueError Complete(Guid lockToken)
    {
        using var turn = Enter();
        if (!TryGetLocked(lockToken, turn.Now, out var message))
        {
            return QueueError.MessageLockLost;
        }

        Remove(message);
        return QueueError.None;
    }

    /// <summary>Gives the message back. A failed delivery counts; a released one does not.</summary>
    public QueueError Abandon(Guid lockToken, IReadOnlyDictionary<string, object?>? changes = null, bool failed = true)
    {
        using var turn = Enter();
        if (!TryGetLocked(lockToken, turn.Now, out var message))
        {
            return QueueError.MessageLockLost;
        }

        Change(message, changes);
        GiveBack(message, failed);
        return QueueError.None;
    }

    public QueueError Defer(Guid lockToken, IReadOnlyDictionary<string, object?>? changes = null)
    {
        using var turn = Enter();
        if (!TryGetLocked(lockToken, turn.Now, out var message))
        {
            return QueueError.MessageLockLost;
        }

        Change(message, changes);
        Unlock(message);
        message.DeliveryCount++;
        message.State = MessageState.Deferred;
        _deferred[message.SequenceNumber] = message;
        _journal.Update(Name, message);
        ExpireIfDue(message, turn.Now);
        return QueueError.None;
    }

    public QueueError DeadLetter(Guid lockToken, string? reason, string? description, IReadOnlyDictionary<string, object?>? changes = null)
    {
        using var turn = Enter();
        if (IsDeadLetterQueue)
        {
            return QueueError.AlreadyDeadLettered;
        }

        if (!TryGetLocked(lockToken, turn.Now, out var message))
        {
            return QueueError.MessageLockLost;
        }

        message.DeliveryCount++;
        MoveToDeadLetters(message, reason, description, changes);
        return QueueError.None;
    }

    /// <summary>A lock under a session lives with the session's lock, and can't be renewed by itself.</summary>
    public QueueError RenewLocks(ReadOnlySpan<Guid> lockTokens, Span<DateTimeOffset> lockedUntil)
    {
        using var turn = Enter();
        if (HasSessions)
        {
            return QueueError.SessionRequired;
        }

        foreach (var token in lockTokens)
        {
            if (!_byLockToken.ContainsKey(token))
            {
                return QueueError.MessageLockLost;
            }
        }

        for (var i = 0; i < lockTokens.Length; i++)
        {
            var message = _byLockToken[lockTokens[i]];
            message.LockedUntil = turn.Now + _options.LockDuration;
            _locked.Remove(message.Place);
            _locked.AddLast(message.Place);
            lockedUntil[i] = message.LockedUntil;
        }

        return QueueError.None;
    }

    /// <summary>Receives deferred messages by number, all or none.</summary>
    public QueueError ReceiveDeferred(ReadOnlySpan<long> sequenceNumbers, QueueConsumer? sessionHolder, bool takeAndDelete, Action<QueuedMessage> show)
    {
        using var turn = Enter();
        foreach (var number in sequenceNumbers)
        {
            if (!_deferred.TryGetValue(number, out var message) || message.IsLocked)
            {
                return QueueError.MessageNotFound;
            }

            if (HasSessions && (sessionHolder?.Session is not { } session || session.Id != message.SessionId))
            {
                return QueueError.SessionLockLost;
            }
        }

        foreach (var number in sequenceNumbers)
        {
            if (!_deferred.TryGetValue(number, out var message) || message.IsLocked)
            {
                continue; // the same number twice
            }

            if (takeAndDelete)
            {
                show(message);
                Remove(message);
            }
            else
            {
                LockFor(message, sessionHolder, turn.Now);
                show(message);
            }
        }

        return QueueError.None;
    }

    /// <summary>Finds who holds a session, for requests that only its holder may make.</summary>
    public QueueConsumer? HolderOf(string sessionId)
    {
        using var turn = Enter();
        return _sessions.TryGetValue(sessionId, out var session) ? session.Holder : null;
    }

    public QueueError RenewSession(string sessionId, QueueConsumer holder, out DateTimeOffset lockedUntil)
    {
        using var turn = Enter();
        lockedUntil = default;
        if (holder.Session is not { } session || session.Id != sessionId)
        {
            return QueueError.SessionLockLost;
        }

        session.LockedUntil = lockedUntil = turn.Now + _options.LockDuration;
        _heldSessions.Remove(session.Node);
        _heldSessions.AddLast(session.Node);
        foreach (var message in session.Locked)
        {
            message.LockedUntil = lockedUntil;
        }

        return QueueError.None;
    }

    public QueueError GetSessionState(string sessionId, QueueConsumer holder, out byte[]? state)
    {
        using var turn = Enter();
        state = null;
        if (holder.Session is not { } session || session.Id != sessionId)
        {
            return QueueError.SessionLockLost;
        }

        state = session.State;
        return QueueError.None;
    }

    public QueueError SetSessionState(string sessionId, QueueConsumer holder, byte[]? state)
    {
        using var turn = Enter();
        if (holder.Session is not { } session || session.Id != sessionId)
        {
            return QueueError.SessionLockLost;
        }

        session.State = state;
        _journal.SaveSessionState(Name, sessionId, state);
        return QueueError.None;
    }

    /// <summary>The names of the sessions that have messages or a state.</summary>
    public string[] ListSessions(int skip, int top)
    {
        using var turn = Enter();
        return [.. _sessions.Values.Where(session => session.Available.Count + session.Locked.Count > 0 || session.State is not null)
            .Select(session => session.Id).Order(StringComparer.Ordinal).Skip(skip).Take(top)];
    }

    private void Deliver(DateTimeOffset now)
    {
        while (_requests.Count > 0 && _readySessions.First is { } ready)
        {
            var request = _requests[0];
            _requests.RemoveAt(0);
            Hold(ready.Value, request.Consumer, now);
        }

        while (_available.First is { } first && _round.First is { } turn)
        {
            var consumer = turn.Value;
            _round.Remove(turn);
            Deliver(first.Value, consumer, now);
            if (consumer.Credit > 0)
            {
                _round.AddLast(turn);
            }
        }
    }

    private void Deliver(QueuedMessage message, QueueConsumer consumer, DateTimeOffset now)
    {
        consumer.Credit--;
        consumer.DeliveryCount++;
        message.Place.List!.Remove(message.Place);
        if (consumer.TakesAndDeletes)
        {
            consumer.OnMessage(message);
            Remove(message);
        }
        else
        {
            LockFor(message, consumer, now);
            consumer.OnMessage(message);
        }
    }

    private void DeliverSession(MessageSession session, DateTimeOffset now)
    {
        while (session.Holder is { Credit: > 0 } holder && session.Available.First is { } first)
        {
            Deliver(first.Value, holder, now);
        }
    }

    private void JoinRound(QueueConsumer consumer)
    {
        if (consumer.Session is { } session)
        {
            DeliverSession(session, _time.GetUtcNow());
        }
        else if (!HasSessions && consumer.Credit > 0 && consumer.Turn.List is null)
        {
            _round.AddLast(consumer.Turn);
        }
        else if (consumer.Credit == 0)
        {
            consumer.Turn.List?.Remove(consumer.Turn);
        }
    }

    private void MakeAvailable(QueuedMessage message, bool returned)
    {
        LinkedList<QueuedMessage> list;
        MessageSession? session = null;
        if (HasSessions)
        {
            session = SessionNamed(message.SessionId!);
            list = session.Available;
        }
        else
        {
            list = _available;
        }

        if (returned)
        {
            MessageOrder.InsertFromHead(list, message.Place);
        }
        else
        {
            MessageOrder.InsertFromTail(list, message.Place);
        }

        if (session is not null)
        {
            OfferSession(session);
        }
    }

    private void OfferSession(MessageSession session)
    {
        if (session.Holder is not null)
        {
            DeliverSession(session, _time.GetUtcNow());
        }
        else if (session.Available.Count > 0 && session.Node.List is null)
        {
            _readySessions.AddLast(session.Node);
        }
    }

    private void LockFor(QueuedMessage message, QueueConsumer? consumer, DateTimeOffset now)
    {
        message.LockToken = Guid.NewGuid();
        message.IsLocked = true;
        message.LockedBy = consumer;
        _byLockToken.Add(message.LockToken, message);
        if (HasSessions && consumer?.Session is { } session)
        {
            message.LockedUntil = session.LockedUntil;
            session.Locked.Add(message);
        }
        else
        {
            message.LockedUntil = now + _options.LockDuration;
            _locked.AddLast(message.Place);
        }
    }

    private void Unlock(QueuedMessage message)
    {
        if (!message.IsLocked)
        {
            return;
        }

        message.IsLocked = false;
        message.LockedBy = null;
        message.Place.List?.Remove(message.Place);
        _byLockToken.Remove(message.LockToken);
        if (HasSessions && message.SessionId is not null && _sessions.TryGetValue(message.SessionId, out var session))
        {
            session.Locked.Remove(message);
        }
    }

    private bool TryGetLocked(Guid lockToken, DateTimeOffset now, [NotNullWhen(true)] out QueuedMessage? message) =>
        _byLockToken.TryGetValue(lockToken, out message) && message.LockedUntil > now;

    private void Change(QueuedMessage message, IReadOnlyDictionary<string, object?>? changes)
    {
        if (changes is { Count: > 0 })
        {
            message.Content = message.Content.With(changes);
            _journal.Save(Name, message);
        }
    }

    private void GiveBack(QueuedMessage message, bool failed)
    {
        Unlock(message);
        if (failed)
        {
            message.DeliveryCount++;
            _journal.Update(Name, message);
            if (!IsDeadLetterQueue && message.DeliveryCount >= _options.MaxDeliveryCount)
            {
                MoveToDeadLetters(message, "MaxDeliveryCountExceeded", $"Message could not be consumed after {_options.MaxDeliveryCount} delivery attempts.");
                return;
            }
        }

        if (ExpireIfDue(message, _time.GetUtcNow()) || message.State == MessageState.Deferred)
        {
            return; // a deferred message stays deferred until it is received by number and completed
        }

        MakeAvailable(message, returned: true);
    }

    private bool ExpireIfDue(QueuedMessage message, DateTimeOffset now)
    {
        // Its entry among the due ones was used up while the lock kept it alive.
        if (message.ExpiresAt > now || message.ExpiresAt is null)
        {
            return false;
        }

        Expire(message);
        return true;
    }

    private MessageSession SessionNamed(string id)
    {
        if (!_sessions.TryGetValue(id, out var session))
        {
            session = new MessageSession(id);
            _sessions.Add(id, session);
        }

        return session;
    }

    private void Hold(MessageSession session, QueueConsumer consumer, DateTimeOffset now)
    {
        session.Node.List?.Remove(session.Node);
        session.Holder = consumer;
        session.LockedUntil = now + _options.LockDuration;
        consumer.Session = session;
        _heldSessions.AddLast(session.Node);
        consumer.OnSessionAccepted(session.Id, session.LockedUntil);
        DeliverSession(session, now);
    }

    private void ReleaseSession(MessageSession session, bool failed)
    {
        session.Holder!.Session = null;
        session.Holder = null;
        session.Node.List?.Remove(session.Node);
        foreach (var message in session.Locked.OrderBy(message => message.SequenceNumber).ToArray())
        {
            GiveBack(message, failed);
        }

        OfferSession(session);
        ForgetIfIdle(session);
    }

    private void ForgetIfIdle(MessageSession session)
    {
        if (session.Holder is not null || session.Available.Count > 0)
        {
            return;
        }

        // It may still stand among the ready ones: its last message expired before anybody came for it.
        session.Node.List?.Remove(session.Node);
        if (session.Locked.Count == 0 && session.State is null)
        {
            _sessions.Remove(session.Id);
        }
    }
}
