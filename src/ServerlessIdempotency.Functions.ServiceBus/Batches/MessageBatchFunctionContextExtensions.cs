using Microsoft.Azure.Functions.Worker;

namespace ServerlessIdempotency.Functions.ServiceBus.Batches;

/// <summary>Reaches the batch from a batched function.</summary>
public static class MessageBatchFunctionContextExtensions
{
    /// <summary>The batch that started the running function.</summary>
    /// <param name="context">The invocation.</param>
    /// <exception cref="InvalidOperationException">The function is no batched one with <see cref="IdempotentAttribute"/>.</exception>
    public static MessageBatch GetMessageBatch(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items.TryGetValue(typeof(MessageBatch), out var batch)
            ? (MessageBatch)batch
            : throw new InvalidOperationException($"{context.FunctionDefinition.Name} has no batch: set IsBatched = true on its Service Bus trigger and give it [Idempotent].");
    }
}
