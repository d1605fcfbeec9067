using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

/// <summary>What the journal keeps of a message.</summary>
internal sealed record JournalRow(string Queue, long SequenceNumber, string MessageId, MessageState State, int DeliveryCount)
{
    public static JournalRow Of(string queue, QueuedMessage message) =>
        new(queue, message.SequenceNumber, message.MessageId, message.State, message.DeliveryCount);
}
