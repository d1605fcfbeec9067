using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.Functions.ServiceBus;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Message {MessageId} is a duplicate for {Operation}; it is completed and the function does not run.")]
    public static partial void DuplicateCompleted(this ILogger logger, string? messageId, string operation);

    [LoggerMessage(2, LogLevel.Warning, "Message {MessageId} of {Operation} is dead-lettered at delivery {DeliveryCount}: {Reason}.")]
    public static partial void DeadLettered(this ILogger logger, string? messageId, string operation, int deliveryCount, string reason, Exception? exception);

    [LoggerMessage(3, LogLevel.Warning, "Message {MessageId} of {Operation} is abandoned at delivery {DeliveryCount}: {Reason}.")]
    public static partial void Abandoned(this ILogger logger, string? messageId, string operation, int deliveryCount, string reason, Exception? exception);
}
