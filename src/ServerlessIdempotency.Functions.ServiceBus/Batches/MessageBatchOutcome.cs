using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>What became of a batch. A batched function returns it, so that none can end without having applied its messages.</summary>
public sealed class MessageBatchOutcome
{
    internal MessageBatchOutcome(IReadOnlyList<InboxOutcome> outcomes) => Outcomes = outcomes;

    /// <summary>The outcome of each message, in the order of <see cref="MessageBatch.Messages"/>. They are settled so once the function has ended.</summary>
    public IReadOnlyList<InboxOutcome> Outcomes { get; }
}
