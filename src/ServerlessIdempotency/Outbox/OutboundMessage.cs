namespace ServerlessIdempotency.Outbox;

/// <summary>A committed message on its way to the broker.</summary>
/// <param name="Queue">The queue or topic to send to.</param>
/// <param name="MessageId">The id by which receivers tell a duplicate: the same however often the message is sent.</param>
/// <param name="Body">The body, byte for byte.</param>
public sealed record OutboundMessage(string Queue, string MessageId, ReadOnlyMemory<byte> Body)
{
    /// <summary>The session whose messages keep their order, or null.</summary>
    public string? SessionId { get; init; }

    /// <summary>The body's media type.</summary>
    public required string ContentType { get; init; }

    /// <summary>What the message is about, or null.</summary>
    public string? Subject { get; init; }

    /// <summary>What ties the message to others, or null.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The earliest moment at which receivers see the message, or null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Application properties: text by name.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}
