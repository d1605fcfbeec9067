namespace Payments.LocalHost;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The lock of session {SessionId} of queue {Queue} was not renewed: {Status}. Its messages come again.")]
    public static partial void SessionLockNotRenewed(this ILogger logger, string queue, string sessionId, int status);

    [LoggerMessage(2, LogLevel.Warning, "The lock of session {SessionId} of queue {Queue} could not be renewed. Its messages come again.")]
    public static partial void SessionLockRenewalFailed(this ILogger logger, string queue, string sessionId, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "Receiving from queue {Queue} was interrupted; it goes on after a pause.")]
    public static partial void ReceiverInterrupted(this ILogger logger, string queue, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "The message {MessageId} of queue {Queue} is dead-lettered, {Reason}: {Description}")]
    public static partial void DeadLettered(this ILogger logger, string? messageId, string queue, string reason, string description);
}
