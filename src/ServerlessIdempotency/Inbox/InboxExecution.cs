using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Inbox;

/// <summary>How a message is claimed and committed.</summary>
public sealed record InboxExecution
{
    /// <summary>
    /// Changes the operation that the message stands for: its placement, whether it sends messages, or scope, key and fingerprint where the same operation
    /// also arrives by HTTP. By default the scope is tenant and consumer, the key the event id, and every copy of an event has the same fingerprint.
    /// </summary>
    public Func<Operation, Operation>? Shape { get; init; }

    /// <summary>Tells which results send the message to the dead-letter queue, such as a request that makes no sense. By default none: a result is a result.</summary>
    public Func<OperationResult, InboxOutcome.Rejected?>? Rejection { get; init; }
}
