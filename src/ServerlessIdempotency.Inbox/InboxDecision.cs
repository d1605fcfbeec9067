using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox;

/// <summary>What a single-trip handler decided.</summary>
public abstract record InboxDecision
{
    private InboxDecision()
    {
    }

    /// <summary>The event changes these rows of the partition and sends these messages, all in one transaction with the mark that it was applied.</summary>
    public sealed record Apply : InboxDecision
    {
        /// <summary>The rows to write. None by default.</summary>
        public IReadOnlyList<RowWrite> Rows { get; init; } = [];

        /// <summary>The messages to send once it is committed. None by default.</summary>
        public IReadOnlyList<OutboxMessage> Messages { get; init; } = [];
    }

    /// <summary>The event can't be applied, now or later: the message goes to the dead-letter queue, and nothing is written.</summary>
    /// <param name="Reason">A short name of the cause.</param>
    /// <param name="Description">What is wrong and what to do, for the person who looks at the dead letter.</param>
    public sealed record Reject(string Reason, string Description) : InboxDecision;
}
