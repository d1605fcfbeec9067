using LocalServiceBus.Queues;

namespace LocalServiceBus.Durability;

/// <summary>Memory only: nothing outlives the process, so everything is as safe as it gets at once.</summary>
internal sealed class NoJournal : IQueueJournal
{
    private long _lastRowId;

    public long NextRowId() => Interlocked.Increment(ref _lastRowId);

    public void Save(string queue, QueuedMessage message)
    {
    }

    public void Update(string queue, QueuedMessage message)
    {
    }

    public void Remove(QueuedMessage message)
    {
    }

    public void SaveSessionState(string queue, string sessionId, byte[]? state, DateTimeOffset setAt)
    {
    }

    public void SaveSeen(string queue, string messageId, DateTimeOffset seenAt, TimeSpan window)
    {
    }

    public void WhenDurable(Action action) => action();
}
