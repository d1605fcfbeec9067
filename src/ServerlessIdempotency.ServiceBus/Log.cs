using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.ServiceBus;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "A lock in queue {Queue} was lost; its message comes again. {Error}")]
    public static partial void LockLost(this ILogger logger, string queue, string error);

    [LoggerMessage(2, LogLevel.Warning, "Queue {Queue} can't be received from; it is tried until the broker answers again. {Error}")]
    public static partial void BrokerAway(this ILogger logger, string queue, string error);

    [LoggerMessage(3, LogLevel.Information, "Queue {Queue} is received from again.")]
    public static partial void BrokerBack(this ILogger logger, string queue);

    [LoggerMessage(4, LogLevel.Warning, "Consuming a message of queue {Queue} was interrupted; it comes again.")]
    public static partial void ConsumerInterrupted(this ILogger logger, string queue, Exception exception);
}
