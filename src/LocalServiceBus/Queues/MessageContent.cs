namespace LocalServiceBus.Queues;

/// <summary>What a message says, opaque to the rules of a queue. The wire knows the encoding.</summary>
internal abstract class MessageContent
{
    /// <summary>The content without what the broker adds on delivery, in bytes.</summary>
    public abstract int Size { get; }

    /// <summary>The same content with some application properties set again.</summary>
    public abstract MessageContent With(IReadOnlyDictionary<string, object?> propertyChanges);

    /// <summary>The same content with the time to live that counts: senders say it as two moments too, of which the first is when the message is enqueued.</summary>
    public abstract MessageContent WithLife(DateTimeOffset enqueuedAt, TimeSpan? timeToLive);

    /// <summary>The whole content, as it can be stored and read back.</summary>
    public abstract byte[] ToBytes();
}
