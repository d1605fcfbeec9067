using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Execution;

/// <summary>What a handler decided.</summary>
public abstract record HandlerOutcome
{
    private HandlerOutcome()
    {
    }

    /// <summary>The operation is done, be it accepted or declined: commit its result with all of its rows and messages.</summary>
    /// <param name="Result">What this and every later caller gets.</param>
    public sealed record Completed(OperationResult Result) : HandlerOutcome
    {
        /// <summary>Business rows of the record's partition, written in the same transaction.</summary>
        public IReadOnlyList<RowWrite> Rows { get; init; } = [];

        /// <summary>Messages to send once the operation is committed.</summary>
        public IReadOnlyList<OutboxMessage> Messages { get; init; } = [];
    }

    /// <summary>The attempt failed and may have had outside effects: nothing is stored, and the next retry runs again with the recorded steps skipped.</summary>
    /// <param name="Result">What this caller gets.</param>
    public sealed record Failed(OperationResult Result) : HandlerOutcome;

    /// <summary>
    /// The attempt failed and certainly had no effect: the record is deleted as if the call had never been. Where an earlier attempt may have had one (another executor's, one
    /// whose commit was refused, a recorded step), the record stays as after <see cref="Failed"/>, with its stable keys and its fingerprint.
    /// </summary>
    /// <param name="Result">What this caller gets.</param>
    public sealed record NoEffect(OperationResult Result) : HandlerOutcome;
}
