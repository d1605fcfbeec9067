namespace LocalServiceBus.Queues;

/// <summary>The message ids of the detection window. The window starts at the first send; a repeat does not prolong it.</summary>
internal sealed class DuplicateHistory(TimeSpan window)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string MessageId, DateTimeOffset SeenAt)> _bySeenAt = new();

    public TimeSpan Window => window;

    /// <summary>True when the id is new within the window.</summary>
    public bool TryAdd(string messageId, DateTimeOffset now)
    {
        Forget(now);
        if (!_seen.Add(messageId))
        {
            return false;
        }

        _bySeenAt.Enqueue((messageId, now));
        return true;
    }

    public bool Contains(string messageId, DateTimeOffset now)
    {
        Forget(now);
        return _seen.Contains(messageId);
    }

    private void Forget(DateTimeOffset now)
    {
        while (_bySeenAt.TryPeek(out var oldest) && oldest.SeenAt + window <= now)
        {
            _bySeenAt.Dequeue();
            _seen.Remove(oldest.MessageId);
        }
    }
}
