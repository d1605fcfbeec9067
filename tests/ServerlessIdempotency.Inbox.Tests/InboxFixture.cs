using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Inbox.Tests;

/// <summary>Consumers that keep a balance over one store and one clock, and send a receipt for each event.</summary>
internal sealed class InboxFixture
{
    private const string Balance = "balance";

    public static readonly PartitionAddress Account = OutboxFixture.Partition;

    public OutboxFixture Outside { get; } = new();

    public InboxOptions Options { get; } = new() { LocalCacheEntries = 0 };

    public int Runs { get; private set; }

    public MessageInbox NewInbox(AppInstance app, InboxOptions? options = null, RowWriter? writer = null) =>
        new(writer ?? app.Writer, app.Engine, options ?? Options, Outside.Time, NullLogger<MessageInbox>.Instance, app.Outbox);

    public static InboxDelivery Delivery(string id, int amount = 1, int deliveryCount = 1) => new("statement", new InboundMessage(Encoding.UTF8.GetBytes(amount.ToString(CultureInfo.InvariantCulture)))
    {
        MessageId = id,
        DeliveryCount = deliveryCount,
    });

    public static int AmountOf(InboxContext context) => int.Parse(Encoding.UTF8.GetString(context.Payload.Span), CultureInfo.InvariantCulture);

    /// <summary>Writes without reading, and sends nothing.</summary>
    public Task<InboxDecision> EnterAsync(InboxContext context, CancellationToken cancellationToken)
    {
        Runs++;
        return Task.FromResult<InboxDecision>(new InboxDecision.Apply
        {
            Rows = [RowWrite.Insert($"entry|{context.OperationHash}", new Dictionary<string, object> { ["Amount"] = AmountOf(context) })],
        });
    }

    /// <summary>Reads the balance, adds to it, and sends a receipt.</summary>
    public InboxHandler AddTo(IRowStore store) => async (context, cancellationToken) =>
    {
        Runs++;
        var row = await store.ReadAsync(context.Partition.Row(Balance), cancellationToken);
        var values = new Dictionary<string, object> { ["Amount"] = (row?.GetInt64("Amount") ?? 0) + AmountOf(context) };
        return new InboxDecision.Apply
        {
            Rows = [row is null ? RowWrite.Insert(Balance, values) : RowWrite.Replace(Balance, values, row.ETag)],
            Messages = [OutboxFixture.Message($"receipt {context.Delivery.Message.MessageId}", "s")],
        };
    };

    public async Task<long> BalanceAsync() => (await Outside.Memory.ReadAsync(Account.Row(Balance), default))?.GetInt64("Amount") ?? 0;

    public Task<List<Row>> EntriesAsync() => Outside.RowsAsync(Account.Table, Account.PartitionKey, "entry|");
}
