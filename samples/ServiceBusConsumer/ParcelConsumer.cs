using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;

namespace ServiceBusConsumer;

internal sealed class ParcelConsumer(MessageInbox inbox)
{
    private static readonly PartitionAddress Parcels = new("Parcels", "depot-1");

    public async Task<Settlement> ConsumeAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var outcome = await inbox.ApplyAsync(new InboxDelivery("parcels", message), Parcels, EnterAsync, cancellationToken);
        Console.WriteLine($"{message.MessageId} {outcome.GetType().Name}");
        return outcome.ToSettlement();
    }

    // The parcel's row commits in one transaction with the mark that its message was applied, so a copy of the message changes nothing.
    private static Task<InboxDecision> EnterAsync(InboxContext context, CancellationToken cancellationToken) => Task.FromResult<InboxDecision>(
        context.Payload.IsEmpty
            ? new InboxDecision.Reject("EmptyParcel", "The message has no body: send the parcel's label.")
            : new InboxDecision.Apply { Rows = [RowWrite.Insert($"parcel|{context.OperationHash}", new Dictionary<string, object> { ["Label"] = context.Payload.ToArray() })] });
}
