using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Execution;

/// <summary>What a handler decided. <see cref="HandlerOutcome"/> makes them.</summary>
/// <typeparam name="T">What the handler tells the caller whose call it ran for. It is not stored: later callers get the <see cref="OperationResult"/>.</typeparam>
public abstract record HandlerOutcome<T>
{
    private HandlerOutcome()
    {
    }

    /// <summary>The same decision, told in other terms.</summary>
    /// <param name="selector">Makes what the caller is told.</param>
    public HandlerOutcome<TOther> Select<TOther>(Func<T, TOther> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return this switch
        {
            Completed completed => new HandlerOutcome<TOther>.Completed(selector(completed.Value), completed.Result) { Rows = completed.Rows, Messages = completed.Messages },
            Failed failed => new HandlerOutcome<TOther>.Failed(selector(failed.Value)),
            NoEffect noEffect => new HandlerOutcome<TOther>.NoEffect(selector(noEffect.Value)),
            _ => throw new NotSupportedException($"Unknown outcome {GetType().Name}."),
        };
    }

    /// <summary>The operation is done, be it accepted or declined: commit its result with all of its rows and messages.</summary>
    /// <param name="Value">What this caller is told.</param>
    /// <param name="Result">What is stored, and what every later caller gets.</param>
    public sealed record Completed(T Value, OperationResult Result) : HandlerOutcome<T>
    {
        /// <summary>Business rows of the record's partition, written in the same transaction.</summary>
        public IReadOnlyList<RowWrite> Rows { get; init; } = [];

        /// <summary>Messages to send once the operation is committed.</summary>
        public IReadOnlyList<OutboxMessage> Messages { get; init; } = [];
    }

    /// <summary>The attempt failed and may have had outside effects: nothing is stored, and the next retry runs again with the recorded steps skipped.</summary>
    /// <param name="Value">What this caller is told.</param>
    public sealed record Failed(T Value) : HandlerOutcome<T>;

    /// <summary>
    /// The attempt failed and certainly had no effect: the record is deleted as if the call had never been. Where an earlier attempt may have had one (another executor's, one
    /// whose commit was refused, a recorded step), the record stays as after <see cref="Failed"/>, with its stable keys and its fingerprint.
    /// </summary>
    /// <param name="Value">What this caller is told.</param>
    public sealed record NoEffect(T Value) : HandlerOutcome<T>;
}
