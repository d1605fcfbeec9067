using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Execution;

/// <summary>Makes the outcomes of handlers. A handler that tells its own caller something else than the stored result makes a <see cref="HandlerOutcome{T}.Completed"/> itself.</summary>
public static class HandlerOutcome
{
    /// <summary>The operation is done, be it accepted or declined: commits its result with all of its rows and messages.</summary>
    /// <param name="result">What this and every later caller gets.</param>
    /// <param name="rows">Business rows of the record's partition, written in the same transaction. None by default.</param>
    /// <param name="messages">Messages to send once the operation is committed. None by default.</param>
    public static HandlerOutcome<OperationResult> Completed(OperationResult result, IReadOnlyList<RowWrite>? rows = null, IReadOnlyList<OutboxMessage>? messages = null) =>
        new HandlerOutcome<OperationResult>.Completed(result, result) { Rows = rows ?? [], Messages = messages ?? [] };

    /// <summary>The attempt failed and may have had outside effects: nothing is stored, and the next retry runs again with the recorded steps skipped.</summary>
    /// <param name="value">What this caller is told.</param>
    public static HandlerOutcome<T> Failed<T>(T value) => new HandlerOutcome<T>.Failed(value);

    /// <summary>The attempt failed and certainly had no effect: the record is deleted as if the call had never been, unless an earlier attempt may have had one.</summary>
    /// <param name="value">What this caller is told.</param>
    public static HandlerOutcome<T> NoEffect<T>(T value) => new HandlerOutcome<T>.NoEffect(value);
}
