namespace Payments.LocalHost;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The {Kind} could not be looked at; it is tried again.")]
    public static partial void LookGivenUp(this ILogger logger, string kind, Exception exception);
}
