using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.Functions.ServiceBus;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Message {MessageId} is a duplicate for {Operation}; it is completed and the function does not run.")]
    public static partial void DuplicateCompleted(this ILogger logger, string? messageId, string operation);

    [LoggerMessage(2, LogLevel.Warning, "Message {MessageId} of a batch could not be settled; it comes again, and what was applied of it is known.")]
    public static partial void SettlementFailed(this ILogger logger, string? messageId, Exception exception);

    [LoggerMessage(3, LogLevel.Error, "A batch of {Function} failed. Its invocation is told as a success, so that the host closes the session and gives back uncounted what is held back behind the failure.")]
    public static partial void BatchFailed(this ILogger logger, string function, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "Session {SessionId} could not be released; what is held back in it is abandoned instead, and its deliveries count.")]
    public static partial void SessionNotReleased(this ILogger logger, string? sessionId, Exception exception);
}
