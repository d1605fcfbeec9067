using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using ServerlessIdempotency.Functions;
using ServerlessIdempotency.Functions.ServiceBus.Batches;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;

namespace IdempotentFunctions;

public sealed class Entries
{
    // A supplier that does not answer the first time, or never.
    private static readonly ConcurrentDictionary<string, bool> Tried = new();

    [Function(nameof(OnEntries)), Idempotent(MessageTime = "00:00:00.010")]
    public Task<MessageBatchOutcome> OnEntries(
        [ServiceBusTrigger("entries", Connection = "ServiceBusConnection", AutoCompleteMessages = false, IsBatched = true, IsSessionsEnabled = true)] ServiceBusReceivedMessage[] messages,
        FunctionContext context) =>
        context.GetMessageBatch().ApplyAsync(delivery => new PartitionAddress("Entries", delivery.Message.SessionId!), EnterAsync);

    [Function(nameof(OnReadings)), Idempotent(MessageTime = "00:00:00.010")]
    public Task<MessageBatchOutcome> OnReadings(
        [ServiceBusTrigger("readings", Connection = "ServiceBusConnection", AutoCompleteMessages = false, IsBatched = true)] ServiceBusReceivedMessage[] messages,
        FunctionContext context) =>
        context.GetMessageBatch().ApplyAsync(_ => new PartitionAddress("Entries", "readings"), EnterAsync);

    private static Task<InboxDecision> EnterAsync(InboxContext context, CancellationToken cancellationToken)
    {
        var entry = context.Delivery.Message.MessageId!;
        if (entry.Contains("broken", StringComparison.Ordinal) || (entry.Contains("away", StringComparison.Ordinal) && Tried.TryAdd(entry, true)))
        {
            throw new InvalidOperationException("The supplier does not answer.");
        }

        return Task.FromResult<InboxDecision>(entry.Contains("unknown", StringComparison.Ordinal)
            ? new InboxDecision.Reject("UnknownEntry", "Nobody knows what it is.")
            : new InboxDecision.Apply { Rows = [RowWrite.Insert($"entry|{entry}", new Dictionary<string, object> { ["Attempt"] = context.Delivery.Message.DeliveryCount })] });
    }
}
