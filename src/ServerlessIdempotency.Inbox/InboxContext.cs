using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox;

/// <summary>What a single-trip handler is told.</summary>
public sealed class InboxContext
{
    internal InboxContext(InboxDelivery delivery, EventId eventId, CloudEvent? cloudEvent, PartitionAddress partition, string operationHash, DateTimeOffset appliedAt, int attempt)
    {
        Delivery = delivery;
        EventId = eventId;
        CloudEvent = cloudEvent;
        Partition = partition;
        OperationHash = operationHash;
        AppliedAt = appliedAt;
        Attempt = attempt;
    }

    /// <summary>The message and who applies it.</summary>
    public InboxDelivery Delivery { get; }

    /// <summary>The event's identity, the same for every copy of it.</summary>
    public EventId EventId { get; }

    /// <summary>The event, where the message is a CloudEvent.</summary>
    public CloudEvent? CloudEvent { get; }

    /// <summary>What the message carries: the CloudEvent's data, else the body.</summary>
    public ReadOnlyMemory<byte> Payload => CloudEvent?.Data ?? Delivery.Message.Body;

    /// <summary>The partition that the rows belong to.</summary>
    public PartitionAddress Partition { get; }

    /// <summary>The name of this application of the event; only the attempt that commits leaves it behind.</summary>
    public string OperationHash { get; }

    /// <summary>The moment that the commit will carry.</summary>
    public DateTimeOffset AppliedAt { get; }

    /// <summary>Which run this is, from 1; above 1 the rows had changed since the last run read them.</summary>
    public int Attempt { get; }
}
