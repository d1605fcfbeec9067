using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.Functions.ServiceBus;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Message {MessageId} is a duplicate for {Operation}; it is completed and the function does not run.")]
    public static partial void DuplicateCompleted(this ILogger logger, string? messageId, string operation);

    [LoggerMessage(2, LogLevel.Warning, "Message {MessageId} of a batch could not be settled; it comes again, and what was applied of it is known.")]
    public static partial void SettlementFailed(this ILogger logger, string? messageId, Exception exception);
}
