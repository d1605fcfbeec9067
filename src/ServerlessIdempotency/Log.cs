using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The claim on {Address} was lost: another executor took over after the lease had lapsed. This one's result is discarded.")]
    public static partial void ClaimLost(this ILogger logger, RowAddress address);

    [LoggerMessage(2, LogLevel.Warning, "The lease of {Address} could not be renewed; it is tried again until the lease ends.")]
    public static partial void RenewalFailed(this ILogger logger, RowAddress address, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Rows beside {Address} changed before the commit (write {Index}): the handler is run again, attempt {Attempt} is given up.")]
    public static partial void RowsChanged(this ILogger logger, RowAddress address, int? index, int attempt);

    [LoggerMessage(4, LogLevel.Warning, "The claim on {Address} could not be given back; a retry has to wait until its lease ends.")]
    public static partial void LapseFailed(this ILogger logger, RowAddress address, Exception exception);
}
