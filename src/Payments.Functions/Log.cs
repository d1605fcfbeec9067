using Microsoft.Extensions.Logging;

namespace Payments.Functions;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "The request of {Function} failed and is answered with {Status}.")]
    public static partial void RequestFailed(this ILogger logger, string function, int status, Exception exception);

    [LoggerMessage(5, LogLevel.Debug, "The request of {Function} could not be read and is answered with {Status}.")]
    public static partial void RequestRefused(this ILogger logger, string function, int status, Exception exception);

    [LoggerMessage(2, LogLevel.Information, "Messages were still being sent when {Function} ended; the sweeper sends what is left.")]
    public static partial void OutboxNotDrained(this ILogger logger, string function);

    [LoggerMessage(3, LogLevel.Information, "The sweep looked into {Partitions} partitions: {Sent} stranded messages sent, {Parked} parked, {Remaining} left for later, {Unreadable} partitions unreadable.")]
    public static partial void Swept(this ILogger logger, int partitions, int sent, int parked, int remaining, int unreadable);

    [LoggerMessage(4, LogLevel.Information, "The purge deleted {Deleted} expired rows and kept {Kept} that are held or had changed; to the end of every table: {IsComplete}.")]
    public static partial void Purged(this ILogger logger, int deleted, int kept, bool isComplete);
}
