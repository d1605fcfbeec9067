using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>The messages of a batched function that has <see cref="IdempotentAttribute"/>.</summary>
public sealed class MessageBatch
{
    private readonly Func<Func<InboxDelivery, PartitionAddress>, InboxHandler, Task<IReadOnlyList<InboxOutcome>>> _apply;
    private int _isApplied;

    internal MessageBatch(IReadOnlyList<InboundMessage> messages, Func<Func<InboxDelivery, PartitionAddress>, InboxHandler, Task<IReadOnlyList<InboxOutcome>>> apply)
    {
        Messages = messages;
        _apply = apply;
    }

    /// <summary>The messages, in the order in which the host gave them.</summary>
    public IReadOnlyList<InboundMessage> Messages { get; }

    /// <summary>
    /// Applies each message once, many of them in a transaction, as <see cref="MessageInbox.ExecuteBatchAsync"/> does; each is settled by itself once the function has ended.
    /// </summary>
    /// <param name="partitionOf">Where a message's rows are. Every copy of the message must arrive at the same partition.</param>
    /// <param name="handler">Decides what a message changes.</param>
    /// <returns>What the function returns.</returns>
    /// <exception cref="InvalidOperationException">It was called before: a batch is applied once.</exception>
    public async Task<MessageBatchOutcome> ApplyAsync(Func<InboxDelivery, PartitionAddress> partitionOf, InboxHandler handler)
    {
        ArgumentNullException.ThrowIfNull(partitionOf);
        ArgumentNullException.ThrowIfNull(handler);
        return Interlocked.Exchange(ref _isApplied, 1) == 0
            ? new MessageBatchOutcome(await _apply(partitionOf, handler))
            : throw new InvalidOperationException("The batch was applied before: one handler is for all of its messages.");
    }
}
