using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas;

internal static partial class Log
{
    [LoggerMessage(301, LogLevel.Warning, "The saga {Address} was taken over by another instance after this one's lease had lapsed; what this one did is not recorded.")]
    public static partial void SagaLost(this ILogger logger, RowAddress address);

    [LoggerMessage(302, LogLevel.Warning, "The saga step {Step} threw; its outcome counts as unknown.")]
    public static partial void SagaStepThrew(this ILogger logger, string step, Exception exception);

    [LoggerMessage(303, LogLevel.Error, "The saga {Address} is parked at {Step}: it needs a person's decision. {Reason}")]
    public static partial void SagaParked(this ILogger logger, RowAddress address, string step, string reason);

    [LoggerMessage(304, LogLevel.Warning, "The saga {Address} was not woken when it should have been: its wake-up is committed again.")]
    public static partial void SagaWokenAgain(this ILogger logger, RowAddress address);

    [LoggerMessage(306, LogLevel.Error, "What the end of the saga {Address} brings along could not be committed: {Reason}")]
    public static partial void SagaEndFailed(this ILogger logger, RowAddress address, string reason, Exception? exception);

    [LoggerMessage(307, LogLevel.Error, "The parked saga {Address} could not be entered into the list of parked sagas; the sweeper tries again.")]
    public static partial void SagaNotListed(this ILogger logger, RowAddress address, Exception exception);

    [LoggerMessage(308, LogLevel.Warning, "The saga {Address} is left alone by this process: {Why}")]
    public static partial void SagaNotKnown(this ILogger logger, RowAddress address, string why);

    [LoggerMessage(309, LogLevel.Warning, "The saga step {Step}, which had been left behind after its time, threw.")]
    public static partial void SagaStepThrewLate(this ILogger logger, string step, Exception exception);

    [LoggerMessage(305, LogLevel.Error, "The saga {Address} can't be read; it is left as it is.")]
    public static partial void SagaUnreadable(this ILogger logger, RowAddress address, Exception exception);
}
