namespace Payments.LocalHost;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The dead letters of orders could not be looked at; it is tried again.")]
    public static partial void ResumptionGivenUp(this ILogger logger, Exception exception);
}
