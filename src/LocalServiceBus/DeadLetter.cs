namespace LocalServiceBus;

/// <summary>A message in a dead-letter queue, as it was when it was looked at.</summary>
public sealed class DeadLetter
{
    /// <summary>Its name within the queue, by which it is resubmitted.</summary>
    public required long SequenceNumber { get; init; }

    /// <summary>The sender's id.</summary>
    public required string MessageId { get; init; }

    /// <summary>The session that it belongs to, if any.</summary>
    public string? SessionId { get; init; }

    /// <summary>The sender's subject (label), if any.</summary>
    public string? Subject { get; init; }

    /// <summary>When it came into the queue, in UTC.</summary>
    public DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>Deliveries that ended without completion.</summary>
    public int DeliveryCount { get; init; }

    /// <summary>Why: the receiver's reason, <c>MaxDeliveryCountExceeded</c> or <c>TTLExpiredException</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>More about the reason.</summary>
    public string? Description { get; init; }

    /// <summary>The application properties, with those that say the reason.</summary>
    public required IReadOnlyDictionary<string, object?> Properties { get; init; }

    /// <summary>The body, when it is binary; else empty.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }
}
