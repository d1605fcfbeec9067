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

    [LoggerMessage(5, LogLevel.Warning, "The execution of {Address} has taken {MaxExecution}, as long as it may: its handler is told to stop.")]
    public static partial void ExecutionTimedOut(this ILogger logger, RowAddress address, TimeSpan maxExecution);

    [LoggerMessage(7, LogLevel.Error, "The outcome of {Address} is unknown, and nobody runs it again until that is resolved. {Reason}")]
    public static partial void OutcomeUnknown(this ILogger logger, RowAddress address, string reason, Exception? exception);

    [LoggerMessage(8, LogLevel.Warning, "The note of {Address} among the unknown outcomes could not be removed; whoever lists them does that.")]
    public static partial void NoteNotRemoved(this ILogger logger, RowAddress address, Exception exception);

    [LoggerMessage(9, LogLevel.Warning, "The step {Step} of {Address} gave {Length} bytes, with which the recorded steps would be too large: it is recorded without its result. Should this execution crash, its outcome is unknown.")]
    public static partial void StepOmitted(this ILogger logger, string step, RowAddress address, int length);

    [LoggerMessage(101, LogLevel.Warning, "The sweeper's next note of {Partition} could not be written yet; the earlier one still serves.")]
    public static partial void NoteFailed(this ILogger logger, PartitionAddress partition, Exception exception);

    [LoggerMessage(102, LogLevel.Warning, "The queue {Queue} can't be reached; its messages stay in the outbox until it can. {Error}")]
    public static partial void QueueUnavailable(this ILogger logger, string queue, string error);

    [LoggerMessage(103, LogLevel.Warning, "Message {MessageId} to {Queue} was not sent, attempt {Attempt}: {Error}")]
    public static partial void SendFailed(this ILogger logger, string messageId, string queue, int attempt, string error);

    [LoggerMessage(104, LogLevel.Error, "The message in {Address} to {Queue} is parked: it needs a person's decision. {Error}")]
    public static partial void MessageParked(this ILogger logger, RowAddress address, string? queue, string error);

    [LoggerMessage(116, LogLevel.Warning, "The session {Session} of {Queue} goes on without the message in {Address}, which was given up: its order is broken there.")]
    public static partial void SessionGoesOn(this ILogger logger, string session, string queue, RowAddress address);

    [LoggerMessage(105, LogLevel.Warning, "The outbox row {Address} could not be written or removed; a later sweep sees to it, and a second send carries the same id.")]
    public static partial void OutboxWriteFailed(this ILogger logger, RowAddress address, Exception exception);

    [LoggerMessage(106, LogLevel.Information, "The messages of operation {OperationHash} in {Partition} are left to the sweeper: this process's queue is full or closed.")]
    public static partial void DispatchSkipped(this ILogger logger, PartitionAddress partition, string operationHash);

    [LoggerMessage(107, LogLevel.Warning, "The messages of operation {OperationHash} in {Partition} could not be sent now; the sweeper sends them.")]
    public static partial void DispatchFailed(this ILogger logger, PartitionAddress partition, string operationHash, Exception exception);

    [LoggerMessage(108, LogLevel.Information, "{Count} stranded messages of {Partition} were sent.")]
    public static partial void StrandedSent(this ILogger logger, int count, PartitionAddress partition);

    [LoggerMessage(109, LogLevel.Warning, "The sweeper could not look into {Partition}; the next sweep does.")]
    public static partial void SweepFailed(this ILogger logger, PartitionAddress partition, Exception exception);

    [LoggerMessage(110, LogLevel.Warning, "A sweep was given up; the next one looks again.")]
    public static partial void SweepGivenUp(this ILogger logger, Exception exception);

    [LoggerMessage(112, LogLevel.Error, "{Count} committed messages are unsent for more than {Age}, the oldest since {Oldest}: the broker can't be reached, or refuses this app.")]
    public static partial void MessagesOverdue(this ILogger logger, int count, TimeSpan age, DateTimeOffset oldest);

    [LoggerMessage(111, LogLevel.Warning, "The result of {Address} has a body of {Length} bytes, which is too large to be stored: a retry is told so and gets the status and the headers.")]
    public static partial void BodyOmitted(this ILogger logger, RowAddress address, long length);

    [LoggerMessage(401, LogLevel.Information, "The purge deleted {Deleted} expired rows and kept {Kept} that are held or had changed.")]
    public static partial void Purged(this ILogger logger, int deleted, int kept);

    [LoggerMessage(402, LogLevel.Warning, "A purge was given up; the next one goes on. Nothing but storage space depends on it.")]
    public static partial void PurgeGivenUp(this ILogger logger, Exception exception);
}
