using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.Inbox;

internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Warning, "Event {EventId} was not applied by {Consumer}, delivery {DeliveryCount}: the message comes again.")]
    public static partial void EventFailed(this ILogger logger, string eventId, string consumer, int deliveryCount, Exception exception);

    [LoggerMessage(203, LogLevel.Warning, "Message {MessageId} of {Consumer} failed at delivery {DeliveryCount}. {Why}")]
    public static partial void DeliveryFailed(this ILogger logger, string? messageId, string consumer, int deliveryCount, string why, Exception? exception);

    [LoggerMessage(204, LogLevel.Warning, "Message {MessageId} of {Consumer} is dead-lettered, {Reason}: {Description}")]
    public static partial void DeadLettered(this ILogger logger, string? messageId, string consumer, string reason, string description);
}
