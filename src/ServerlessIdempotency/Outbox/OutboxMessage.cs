namespace ServerlessIdempotency.Outbox;

/// <summary>A message that is committed with an operation and sent after it, at least once, always under the same id.</summary>
/// <param name="Queue">The queue or topic to send to.</param>
/// <param name="Body">The body, byte for byte. With its properties and about 1 KiB that frames them, a message has at most 256 KiB (262,144 bytes).</param>
public sealed record OutboxMessage(string Queue, ReadOnlyMemory<byte> Body)
{
    /// <summary>The id by which receivers tell a duplicate, at most 128 characters. By default a hash of the operation and the message's place in it: the same on every attempt.</summary>
    public string? MessageId { get; init; }

    /// <summary>
    /// The session whose messages keep their order, at most 128 characters. Messages of one operation are sent in its order; those of several in the order in which they were committed,
    /// by the clocks of the committing instances: where two of them commit within the difference of their clocks, either may come first (an exact order would cost each of them a round trip). Behind a message that fails the session waits until
    /// it is sent or parked. None by default.
    /// </summary>
    public string? SessionId { get; init; }

    /// <summary>The body's media type. Default <c>application/json</c>.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>What the message is about, for filters and people. None by default.</summary>
    public string? Subject { get; init; }

    /// <summary>What ties the message to others, such as the request it answers. None by default.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The earliest moment at which receivers see the message. At once by default.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Application properties: text by name, at most 32,000 characters together. None by default.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}
