namespace LocalServiceBus.Queues;

/// <summary>The sessions of a queue: who holds which, which wait for a holder, and who waits for one.</summary>
internal sealed class QueueSessions(TimeSpan lockDuration)
{
    private readonly Dictionary<string, MessageSession> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<MessageSession> _ready = new();
    private readonly LinkedList<MessageSession> _heldByEnd = new();
    private readonly List<SessionRequest> _requests = [];

    /// <summary>When the next lock or wait ends.</summary>
    public DateTimeOffset? NextEnd
    {
        get
        {
            var next = _heldByEnd.First?.Value.LockedUntil;
            foreach (var request in _requests)
            {
                next = request.Deadline < (next ?? DateTimeOffset.MaxValue) ? request.Deadline : next;
            }

            return next;
        }
    }

    /// <summary>The session of this name if this consumer holds it.</summary>
    public static MessageSession? Held(string sessionId, QueueConsumer holder) => holder.Session is { } session && session.Id == sessionId ? session : null;

    public MessageSession? Find(string id) => _byId.GetValueOrDefault(id);

    public MessageSession GetOrAdd(string id)
    {
        if (!_byId.TryGetValue(id, out var session))
        {
            session = new MessageSession(id);
            _byId.Add(id, session);
        }

        return session;
    }

    /// <summary>The names of the sessions that have messages or a state, or of those whose state was set after a moment.</summary>
    public string[] List(int skip, int top, DateTimeOffset? stateSetAfter) =>
        [.. _byId.Values.Where(session => stateSetAfter is { } moment
                ? session.State is not null && session.StateSetAt > moment
                : session.Available.Count + session.Locked.Count > 0 || session.State is not null)
            .Select(session => session.Id).Order(StringComparer.Ordinal).Skip(skip).Take(top)];

    public void Request(QueueConsumer consumer, DateTimeOffset deadline) => _requests.Add(new SessionRequest(consumer, deadline));

    public void Withdraw(QueueConsumer consumer) => _requests.RemoveAll(request => request.Consumer == consumer);

    /// <summary>Refuses those who have waited to their deadline.</summary>
    public void RefuseLate(DateTimeOffset now)
    {
        if (_requests.Count == 0)
        {
            return;
        }

        foreach (var late in _requests.FindAll(request => request.Deadline <= now))
        {
            _requests.Remove(late);
            late.Consumer.OnSessionRefused(QueueError.Timeout);
        }
    }

    /// <summary>Brings the next session that waits for a holder and the first who waits for one together.</summary>
    public bool TryMatch(out MessageSession session, out QueueConsumer consumer)
    {
        (session, consumer) = (null!, null!);
        if (_requests.Count == 0 || _ready.First is not { } ready)
        {
            return false;
        }

        (session, consumer) = (ready.Value, _requests[0].Consumer);
        _requests.RemoveAt(0);
        return true;
    }

    /// <summary>Gives the session to the consumer, who is told.</summary>
    public void Hold(MessageSession session, QueueConsumer consumer, DateTimeOffset now)
    {
        session.Node.List?.Remove(session.Node);
        session.Holder = consumer;
        session.LockedUntil = now + lockDuration;
        consumer.Session = session;
        _heldByEnd.AddLast(session.Node);
        consumer.OnSessionAccepted(session.Id, session.LockedUntil);
    }

    /// <summary>Takes the session from its holder. What was locked under it is still to be given back.</summary>
    public static void Release(MessageSession session)
    {
        session.Holder!.Session = null;
        session.Holder = null;
        session.Node.List?.Remove(session.Node);
    }

    /// <summary>The first session whose lock has ended; null for none.</summary>
    public MessageSession? Lapsed(DateTimeOffset now) => _heldByEnd.First is { } held && held.Value.LockedUntil <= now ? held.Value : null;

    /// <summary>Renews the session's lock and those of its messages.</summary>
    public DateTimeOffset Renew(MessageSession session, DateTimeOffset now)
    {
        session.LockedUntil = now + lockDuration;
        _heldByEnd.Remove(session.Node);
        _heldByEnd.AddLast(session.Node);
        foreach (var message in session.Locked)
        {
            message.LockedUntil = session.LockedUntil;
        }

        return session.LockedUntil;
    }

    /// <summary>Lets a session with messages and no holder wait for one.</summary>
    public void Offer(MessageSession session)
    {
        if (session.Holder is null && session.Available.Count > 0 && session.Node.List is null)
        {
            _ready.AddLast(session.Node);
        }
    }

    public void ForgetIfIdle(MessageSession session)
    {
        if (session.Holder is not null || session.Available.Count > 0)
        {
            return;
        }

        // It may still stand among the ready ones: its last message expired before anybody came for it.
        session.Node.List?.Remove(session.Node);
        if (session.Locked.Count == 0 && session.State is null)
        {
            _byId.Remove(session.Id);
        }
    }
}
