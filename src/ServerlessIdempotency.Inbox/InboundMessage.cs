namespace ServerlessIdempotency.Inbox;

/// <summary>A message as a consumer gets it, whatever the broker and its client library.</summary>
/// <param name="Body">The body, byte for byte.</param>
public sealed record InboundMessage(ReadOnlyMemory<byte> Body)
{
    /// <summary>
    /// Why the body has no exact bytes, as a sentence for the sender; <see cref="Body"/> is empty then. Such a message is rejected as <see cref="RejectionReasons.BodyUnreadable"/>
    /// before anything looks at it. Null where the body is what was sent.
    /// </summary>
    public string? BodyFault { get; init; }

    /// <summary>The id that the sender gave to the message, or null.</summary>
    public string? MessageId { get; init; }

    /// <summary>The session whose messages keep their order, or null.</summary>
    public string? SessionId { get; init; }

    /// <summary>What the message is about, or null.</summary>
    public string? Subject { get; init; }

    /// <summary>What ties the message to others, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The body's media type, or null.</summary>
    public string? ContentType { get; init; }

    /// <summary>Which delivery this is, from 1. Above 1 an earlier consumer died, failed or gave it back, so it may have been applied. Default 1.</summary>
    public int DeliveryCount { get; init; } = 1;

    /// <summary>When the broker took the message.</summary>
    public DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>Application properties. None by default.</summary>
    public IReadOnlyDictionary<string, object?> Properties { get; init; } = new Dictionary<string, object?>();
}
