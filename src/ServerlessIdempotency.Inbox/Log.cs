using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox;

internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Warning, "Event {EventId} was not applied by {Consumer}, delivery {DeliveryCount}: the message comes again.")]
    public static partial void EventFailed(this ILogger logger, string eventId, string consumer, int deliveryCount, Exception exception);

    [LoggerMessage(203, LogLevel.Warning, "Message {MessageId} of {Consumer} failed at delivery {DeliveryCount}. {Why}")]
    public static partial void DeliveryFailed(this ILogger logger, string? messageId, string consumer, int deliveryCount, string why, Exception? exception);

    [LoggerMessage(204, LogLevel.Warning, "Message {MessageId} of {Consumer} is dead-lettered, {Reason}: {Description}")]
    public static partial void DeadLettered(this ILogger logger, string? messageId, string consumer, string reason, string description);

    [LoggerMessage(205, LogLevel.Information, "A transaction of {Count} messages in {Partition} was refused for message {MessageId}; it is applied by itself or found a duplicate, and the others together.")]
    public static partial void BatchSplit(this ILogger logger, int count, PartitionAddress partition, string? messageId);

    [LoggerMessage(206, LogLevel.Information, "A transaction of {Count} messages in {Partition} was not taken, and which of them it was for is not known: it is halved.")]
    public static partial void BatchHalved(this ILogger logger, int count, PartitionAddress partition, Exception? exception);

    [LoggerMessage(207, LogLevel.Warning, "A transaction of {Count} messages in {Partition} got no answer: its messages and those behind it come again.")]
    public static partial void BatchInterrupted(this ILogger logger, int count, PartitionAddress partition, Exception exception);
}
