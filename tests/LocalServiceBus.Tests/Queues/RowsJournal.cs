using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

/// <summary>What a restart would find, in memory: so a test sees that the journal says at every moment what the queues hold.</summary>
internal sealed class RowsJournal : IQueueJournal
{
    private long _lastRowId;

    public Dictionary<long, JournalRow> Rows { get; } = [];

    public long NextRowId() => ++_lastRowId;

    public void Save(string queue, QueuedMessage message) => Rows[message.RowId] = JournalRow.Of(queue, message);

    public void Update(string queue, QueuedMessage message)
    {
        Assert.True(Rows.ContainsKey(message.RowId), "An update names a row that was never saved.");
        Rows[message.RowId] = JournalRow.Of(queue, message);
    }

    public void Remove(QueuedMessage message) => Assert.True(Rows.Remove(message.RowId), "A removal names a row that is not there.");

    public void SaveSessionState(string queue, string sessionId, byte[]? state, DateTimeOffset setAt)
    {
    }

    public void SaveSeen(string queue, string messageId, DateTimeOffset seenAt, TimeSpan window)
    {
    }

    public void WhenDurable(Action action) => action();
}
