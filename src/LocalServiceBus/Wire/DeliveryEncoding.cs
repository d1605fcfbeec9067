using Amqp;
using Amqp.Framing;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Wire;

/// <summary>Encodes a message for a consumer: what the broker knows in front, what the sender wrote behind.</summary>
internal static class DeliveryEncoding
{
    /// <summary>Header and annotations; the content's bytes follow.</summary>
    public static ByteBuffer EncodePrefix(QueuedMessage message)
    {
        var content = (AmqpMessageContent)message.Content;
        var header = new Header { DeliveryCount = (uint)message.DeliveryCount };
        if (content.Durable)
        {
            header.Durable = true;
        }

        if (content.Priority != 4)
        {
            header.Priority = content.Priority;
        }

        if (message.TimeToLive is { } life)
        {
            header.Ttl = (uint)Math.Min(life.TotalMilliseconds, uint.MaxValue);
        }

        var annotations = new MessageAnnotations();
        if (content.Annotations is { } own)
        {
            foreach (var (key, value) in own.Map)
            {
                annotations.Map[key] = value;
            }
        }

        annotations.Map[AnnotationNames.SequenceNumber] = message.SequenceNumber;
        annotations.Map[AnnotationNames.EnqueuedSequenceNumber] = message.EnqueuedSequenceNumber;
        annotations.Map[AnnotationNames.EnqueuedTime] = message.EnqueuedAt.UtcDateTime;
        annotations.Map[AnnotationNames.MessageState] = (int)message.State;
        if (message.IsLocked)
        {
            annotations.Map[AnnotationNames.LockedUntil] = message.LockedUntil.UtcDateTime;
        }

        if (message.DeadLetterSource is { } source)
        {
            annotations.Map[AnnotationNames.DeadLetterSource] = source;
        }

        var buffer = new ByteBuffer(256, autoGrow: true);
        header.Encode(buffer);
        annotations.Encode(buffer);
        return buffer;
    }

    public static byte[] Encode(QueuedMessage message)
    {
        var prefix = EncodePrefix(message);
        return [.. prefix.Buffer.AsSpan(0, prefix.Length), .. ((AmqpMessageContent)message.Content).Bare.Span];
    }
}
