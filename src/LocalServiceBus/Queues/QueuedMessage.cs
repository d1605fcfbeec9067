namespace LocalServiceBus.Queues;

/// <summary>A message in a queue. Its mutable state belongs to the queue and is read under the queue's lock only.</summary>
internal sealed class QueuedMessage
{
    public QueuedMessage(string messageId, MessageContent content)
    {
        MessageId = messageId;
        Content = content;
        InQueue = new LinkedListNode<QueuedMessage>(this);
        Place = new LinkedListNode<QueuedMessage>(this);
    }

    public string MessageId { get; }

    public string? SessionId { get; init; }

    /// <summary>The name of its row in the journal, the same through every move between queues.</summary>
    public long RowId { get; init; }

    public MessageContent Content { get; set; }

    public long SequenceNumber { get; set; }

    /// <summary>The number that it had when it was first sent: of the scheduled message, or in the queue that forwarded it.</summary>
    public long EnqueuedSequenceNumber { get; set; }

    public DateTimeOffset EnqueuedAt { get; set; }

    public DateTimeOffset? ScheduledFor { get; init; }

    public TimeSpan? TimeToLive { get; set; }

    public MessageState State { get; set; }

    /// <summary>Deliveries that ended without settlement.</summary>
    public int DeliveryCount { get; set; }

    public Guid LockToken { get; set; }

    public DateTimeOffset LockedUntil { get; set; }

    public QueueConsumer? LockedBy { get; set; }

    public bool IsLocked { get; set; }

    /// <summary>The session whose lock keeps it locked; null where it has a lock of its own.</summary>
    public MessageSession? LockedUnder { get; set; }

    public string? DeadLetterSource { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Its node in the list of everything in the queue.</summary>
    public LinkedListNode<QueuedMessage> InQueue { get; }

    /// <summary>Its node among the available messages or among the locked ones; in neither while deferred or scheduled.</summary>
    public LinkedListNode<QueuedMessage> Place { get; }
}
