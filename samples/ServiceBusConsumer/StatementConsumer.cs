using System.Globalization;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;

namespace ServiceBusConsumer;

internal sealed class StatementConsumer(MessageInbox inbox)
{
    public async Task<IReadOnlyList<Settlement>> ApplyAsync(IReadOnlyList<InboundMessage> messages, CancellationToken cancellationToken)
    {
        IReadOnlyList<InboxOutcome> outcomes = await inbox.ExecuteBatchAsync(
            messages.Select(message => new InboxDelivery("statement", message)).ToList(),
            delivery => new PartitionAddress("Statements", delivery.Message.SessionId!),
            AddAsync,
            cancellationToken);
        Console.WriteLine($"batch {string.Join(", ", messages.Zip(outcomes, (message, outcome) => $"{message.MessageId} {outcome.GetType().Name}"))}");
        return outcomes.Select(outcome => outcome.ToSettlement()).ToList();
    }

    private static async Task<InboxDecision> AddAsync(InboxContext context, CancellationToken cancellationToken)
    {
        if (!long.TryParse(context.Payload.Span, CultureInfo.InvariantCulture, out var amount))
        {
            return new InboxDecision.Reject("NoAmount", "The message's body is no number.");
        }

        var balance = await context.ReadAsync("balance", cancellationToken);
        var values = new Dictionary<string, object> { ["Amount"] = amount + (balance?.GetInt64("Amount") ?? 0) };
        return new InboxDecision.Apply
        {
            Rows =
            [
                balance is null ? RowWrite.Insert("balance", values) : RowWrite.Replace("balance", values, balance.ETag),
                RowWrite.Insert($"entry|{context.OperationHash}", new Dictionary<string, object> { ["Amount"] = amount }),
            ],
        };
    }
}
