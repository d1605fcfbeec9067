namespace LocalServiceBus.Queues;

/// <summary>A session of a queue: its waiting messages in order, its state and who holds it.</summary>
internal sealed class MessageSession
{
    public MessageSession(string id)
    {
        Id = id;
        Node = new LinkedListNode<MessageSession>(this);
    }

    public string Id { get; }

    public LinkedList<QueuedMessage> Available { get; } = new();

    public HashSet<QueuedMessage> Locked { get; } = [];

    public byte[]? State { get; set; }

    /// <summary>When the state was set.</summary>
    public DateTimeOffset StateSetAt { get; set; }

    public QueueConsumer? Holder { get; set; }

    public DateTimeOffset LockedUntil { get; set; }

    /// <summary>Its node among the sessions that wait for a holder, or among the held ones by expiry; else in neither.</summary>
    public LinkedListNode<MessageSession> Node { get; }
}
