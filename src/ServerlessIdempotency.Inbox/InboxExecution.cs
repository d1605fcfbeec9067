using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.Inbox;

/// <summary>How a message is claimed and committed.</summary>
/// <typeparam name="T">What the handler tells of an attempt.</typeparam>
public sealed record InboxExecution<T>
{
    /// <summary>
    /// Changes the operation that the message stands for: its placement, whether it sends messages, or scope, key and fingerprint where the same operation
    /// also arrives by HTTP. By default the scope is tenant and consumer, key and fingerprint the event id, and what the message says (<see cref="InboxDelivery.Fingerprint"/>) is compared
    /// beside it; where this sets a fingerprint, that one alone decides.
    /// </summary>
    public Func<Operation, Operation>? Shape { get; init; }

    /// <summary>
    /// Tells which failed attempts send the message to the dead-letter queue, such as one of a request that makes no sense. By default none: the message comes again.
    /// </summary>
    public Func<T, InboxOutcome.Rejected?>? Rejection { get; init; }
}
