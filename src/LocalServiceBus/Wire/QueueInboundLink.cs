using System.Buffers.Binary;
using Amqp.Framing;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Wire;

/// <summary>A client that sends to a queue.</summary>
internal sealed class QueueInboundLink(AmqpSession session, Attach attach, MessageQueue queue) : InboundLink(session, attach)
{
    /// <summary>A message whose data sections are whole messages, each encoded.</summary>
    private const uint BatchFormat = 0x8001_3700;

    protected override void OnMessage(uint deliveryId, bool settled, uint messageFormat, byte[] bytes, int offset, int length)
    {
        NewMessage[] messages = messageFormat == BatchFormat
            ? [.. ReadBatch(bytes, offset, length)]
            : [AmqpMessageContent.Parse(bytes, offset, length)];
        var error = queue.Send(messages);
        if (error != QueueError.None)
        {
            Reject(deliveryId, settled, Conditions.From(error));
        }
        else if (!settled)
        {
            queue.Journal.WhenDurable(() => Session.AcceptInbound(deliveryId));
        }
    }

    private static List<NewMessage> ReadBatch(byte[] bytes, int offset, int length)
    {
        var messages = new List<NewMessage>();
        var end = offset + length;
        while (offset < end)
        {
            var next = EncodingGuard.Skip(bytes.AsSpan(0, end), offset);
            var isData = next - offset > 5 && bytes[offset + 1] == 0x53 && bytes[offset + 2] == 0x75;
            if (isData)
            {
                var (start, size) = bytes[offset + 3] switch
                {
                    0xa0 => (offset + 5, bytes[offset + 4]),
                    0xb0 => (offset + 8, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(offset + 4))),
                    _ => throw new MalformedFrameException("A data section of a batch is not binary."),
                };
                messages.Add(AmqpMessageContent.Parse(bytes, start, size));
            }

            offset = next;
        }

        return messages;
    }
}
