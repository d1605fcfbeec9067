namespace LocalServiceBus.Queues;

/// <summary>
/// Where a queue writes what must outlive the process. Calls come under the queue's lock, in the order of the changes;
/// an implementation copies what it needs and returns at once.
/// </summary>
internal interface IQueueJournal
{
    long NextRowId();

    /// <summary>The message is in the queue with this content and state, wherever it was before.</summary>
    void Save(string queue, QueuedMessage message);

    /// <summary>The message's sequence number, state or delivery count is another; its content is not.</summary>
    void Update(string queue, QueuedMessage message);

    void Remove(QueuedMessage message);

    void SaveSessionState(string queue, string sessionId, byte[]? state, DateTimeOffset setAt);

    void SaveSeen(string queue, string messageId, DateTimeOffset seenAt, TimeSpan window);

    /// <summary>Runs the action once everything written so far is safe. May run it at once, on this thread.</summary>
    void WhenDurable(Action action);
}
