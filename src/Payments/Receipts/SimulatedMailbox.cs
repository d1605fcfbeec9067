using ServerlessIdempotency.Rows;

namespace Payments.Receipts;

/// <summary>
/// A mailbox one can read, in a table of its own: like a remote mail system it is outside every commit of ours. It keeps what was sent, and counts
/// how often each message came, so that a receipt sent twice shows.
/// </summary>
internal sealed class SimulatedMailbox(RowWriter writer, TimeProvider timeProvider) : IReceiptMailer
{
    private static readonly PartitionAddress Partition = new(PaymentsTables.Mailbox, "mailbox");

    public async Task SendAsync(Receipt receipt, CancellationToken cancellationToken)
    {
        var current = await writer.WriteAsync(Partition, [RowWrite.Insert(receipt.MessageId, ToValues(receipt, timeProvider.GetUtcNow(), arrivals: 1))], cancellationToken);
        while (current is CommitOutcome.Refused { Current: { } there })
        {
            // It came before. A mail system drops it by its Message-ID; the count tells that it came again.
            var values = new Dictionary<string, object>(there.Values) { ["Arrivals"] = there.GetInt64("Arrivals")!.Value + 1 };
            current = await writer.WriteAsync(Partition, [RowWrite.Replace(receipt.MessageId, values, there.ETag)], cancellationToken);
        }
    }

    public async Task<IReadOnlyList<MailboxMessage>> ListAsync(CancellationToken cancellationToken)
    {
        var messages = new List<MailboxMessage>();
        await foreach (var row in writer.Store.QueryAsync(new RowQuery(Partition, ""), cancellationToken))
        {
            messages.Add(new MailboxMessage(
                row.Address.RowKey,
                row.GetString("To")!,
                row.GetString("Subject")!,
                row.GetString("Text")!,
                row.GetDateTimeOffset("ReceivedAt")!.Value,
                row.GetInt64("Arrivals")!.Value));
        }

        return [.. messages.OrderBy(message => message.ReceivedAt)];
    }

    private static Dictionary<string, object> ToValues(Receipt receipt, DateTimeOffset at, long arrivals) => new()
    {
        ["To"] = receipt.To,
        ["Subject"] = receipt.Subject,
        ["Text"] = receipt.Text,
        ["ReceivedAt"] = at,
        ["Arrivals"] = arrivals,
    };
}
