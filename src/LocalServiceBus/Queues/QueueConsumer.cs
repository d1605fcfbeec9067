namespace LocalServiceBus.Queues;

/// <summary>
/// Who takes messages from a queue. The callbacks run under the queue's lock, so that what they see stays true and
/// their order is the queue's; they must only hand on, never call the queue.
/// </summary>
internal abstract class QueueConsumer
{
    protected QueueConsumer() => Turn = new LinkedListNode<QueueConsumer>(this);

    /// <summary>Receive-and-delete: a message is gone with its delivery.</summary>
    public required bool TakesAndDeletes { get; init; }

    /// <summary>Deliveries so far, as AMQP counts them on a link (wraps around).</summary>
    public uint DeliveryCount { get; set; }

    /// <summary>Deliveries that it may still take. Belongs to the queue.</summary>
    public int Credit { get; set; }

    /// <summary>Its place in the round of consumers with credit. Belongs to the queue.</summary>
    public LinkedListNode<QueueConsumer> Turn { get; }

    /// <summary>The session that it holds. Belongs to the queue.</summary>
    public MessageSession? Session { get; set; }

    /// <summary>Whether it gets nothing now, whatever its credit: what it was given has not gone out yet. It resumes by itself.</summary>
    public virtual bool IsHeldUp => false;

    public abstract void OnMessage(QueuedMessage message);

    /// <summary>The answer to a drain or an echo: delivery count and credit are now as they stand here.</summary>
    public abstract void OnCredit(bool drained);

    public abstract void OnSessionAccepted(string sessionId, DateTimeOffset lockedUntil);

    public abstract void OnSessionRefused(QueueError error);

    public abstract void OnSessionLockLost();
}
