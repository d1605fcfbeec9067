namespace Payments.LocalHost;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The lock of session {SessionId} of queue {Queue} was not renewed: {Status}. Its messages come again.")]
    public static partial void SessionLockNotRenewed(this ILogger logger, string queue, string sessionId, int status);

    [LoggerMessage(2, LogLevel.Warning, "The lock of session {SessionId} of queue {Queue} could not be renewed; its messages come again. {Error}")]
    public static partial void SessionLockRenewalFailed(this ILogger logger, string queue, string sessionId, string error);

    [LoggerMessage(3, LogLevel.Warning, "Receiving from queue {Queue} was interrupted; it goes on after a pause.")]
    public static partial void ReceiverInterrupted(this ILogger logger, string queue, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "The dead letters of orders could not be looked at; it is tried again.")]
    public static partial void ResumptionGivenUp(this ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "Queue {Queue} can't be received from; it is tried until the broker answers again. {Error}")]
    public static partial void BrokerAway(this ILogger logger, string queue, string error);

    [LoggerMessage(7, LogLevel.Information, "Queue {Queue} is received from again.")]
    public static partial void BrokerBack(this ILogger logger, string queue);
}
