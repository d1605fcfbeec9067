using Microsoft.Extensions.Logging;

namespace ServerlessIdempotency.AspNetCore;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "A key of {Operation} was sent with another request; nothing was executed.")]
    public static partial void KeyReused(this ILogger logger, string operation);

    [LoggerMessage(2, LogLevel.Warning, "The store did not answer for {Operation} (handler started: {HandlerRan}); the caller was told to send the same key again.")]
    public static partial void StoreUnavailable(this ILogger logger, string operation, bool handlerRan, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "{Operation} ran for {MaxExecution}, as long as it may, and was stopped; nothing is stored.")]
    public static partial void TimedOut(this ILogger logger, string operation, TimeSpan maxExecution, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "A key of {Operation} was sent whose outcome is unknown; nothing was executed. {Reason}")]
    public static partial void OutcomeUnknown(this ILogger logger, string operation, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Operation} was given up after {Attempts} attempts: the rows that it reads kept changing.")]
    public static partial void Contended(this ILogger logger, string operation, int attempts);

    [LoggerMessage(5, LogLevel.Error, "HttpIdempotencyOptions.Redact threw: of the answer only the status is stored, and a retry gets no body.")]
    public static partial void RedactionFailed(this ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "HttpIdempotencyOptions.ShouldStore threw: the default decides whether the answer is stored.")]
    public static partial void ShouldStoreFailed(this ILogger logger, Exception exception);
}
