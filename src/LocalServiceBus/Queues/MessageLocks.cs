using System.Diagnostics.CodeAnalysis;

namespace LocalServiceBus.Queues;

/// <summary>The locks of messages. A lock under a session ends with the session's lock, any other by itself.</summary>
internal sealed class MessageLocks(TimeSpan duration)
{
    private readonly LinkedList<QueuedMessage> _byEnd = new();
    private readonly Dictionary<Guid, QueuedMessage> _byToken = [];

    /// <summary>When the next lock that ends by itself does.</summary>
    public DateTimeOffset? NextEnd => _byEnd.First?.Value.LockedUntil;

    /// <summary>The first message whose own lock has ended; null for none.</summary>
    public QueuedMessage? Lapsed(DateTimeOffset now) => _byEnd.First is { } oldest && oldest.Value.LockedUntil <= now ? oldest.Value : null;

    public void Lock(QueuedMessage message, QueueConsumer? consumer, DateTimeOffset now)
    {
        message.LockToken = Guid.NewGuid();
        message.IsLocked = true;
        message.LockedBy = consumer;
        _byToken.Add(message.LockToken, message);
        if (consumer?.Session is { } session)
        {
            message.LockedUntil = session.LockedUntil;
            message.LockedUnder = session;
            session.Locked.Add(message);
        }
        else
        {
            message.LockedUntil = now + duration;
            _byEnd.AddLast(message.Place);
        }
    }

    public void Unlock(QueuedMessage message)
    {
        if (!message.IsLocked)
        {
            return;
        }

        message.IsLocked = false;
        message.LockedBy = null;
        message.Place.List?.Remove(message.Place);
        _byToken.Remove(message.LockToken);
        message.LockedUnder?.Locked.Remove(message);
        message.LockedUnder = null;
    }

    public bool TryGet(Guid lockToken, DateTimeOffset now, [NotNullWhen(true)] out QueuedMessage? message) =>
        _byToken.TryGetValue(lockToken, out message) && message.LockedUntil > now;

    /// <summary>Renews all or none; a lock under a session is renewed with the session only.</summary>
    public QueueError Renew(ReadOnlySpan<Guid> lockTokens, Span<DateTimeOffset> lockedUntil, DateTimeOffset now)
    {
        foreach (var token in lockTokens)
        {
            if (!_byToken.ContainsKey(token))
            {
                return QueueError.MessageLockLost;
            }
        }

        for (var i = 0; i < lockTokens.Length; i++)
        {
            var message = _byToken[lockTokens[i]];
            message.LockedUntil = now + duration;
            _byEnd.Remove(message.Place);
            _byEnd.AddLast(message.Place);
            lockedUntil[i] = message.LockedUntil;
        }

        return QueueError.None;
    }
}
