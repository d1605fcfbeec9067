using LocalServiceBus.Queues;

namespace LocalServiceBus.Durability;

/// <summary>A message as it was when it was handed to the journal; the content never changes, so it is encoded later.</summary>
internal sealed class MessageRow(string queue, QueuedMessage message)
{
    public string Queue { get; } = queue;

    public long RowId { get; } = message.RowId;

    public long SequenceNumber { get; } = message.SequenceNumber;

    public long EnqueuedSequenceNumber { get; } = message.EnqueuedSequenceNumber;

    public long EnqueuedAt { get; } = message.EnqueuedAt.UtcTicks;

    public long? ScheduledFor { get; } = message.ScheduledFor?.UtcTicks;

    public long? TimeToLive { get; } = message.TimeToLive?.Ticks;

    public MessageState State { get; } = message.State;

    public int DeliveryCount { get; } = message.DeliveryCount;

    public string MessageId { get; } = message.MessageId;

    public string? SessionId { get; } = message.SessionId;

    public string? DeadLetterSource { get; } = message.DeadLetterSource;

    public MessageContent Content { get; } = message.Content;
}
