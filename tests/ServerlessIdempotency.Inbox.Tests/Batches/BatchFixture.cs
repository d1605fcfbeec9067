using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Inbox.Tests.Batches;

/// <summary>Batches for the consumers of <see cref="InboxFixture"/>.</summary>
internal sealed class BatchFixture
{
    public InboxFixture Inbox { get; } = new();

    public OutboxFixture Outside => Inbox.Outside;

    public List<string> Ran { get; } = [];

    public AppInstance NewInstance() => Outside.NewInstance();

    public async Task<IReadOnlyList<InboxOutcome>> ApplyAsync(
        AppInstance app, IReadOnlyList<InboxDelivery> batch, InboxHandler? handler = null, Func<InboxDelivery, PartitionAddress>? partitionOf = null, CancellationToken cancellationToken = default)
    {
        using var inbox = Inbox.NewInbox(app);
        return await inbox.ExecuteBatchAsync(batch, partitionOf ?? (_ => InboxFixture.Account), handler ?? EnterAsync, cancellationToken);
    }

    /// <summary>Messages e1, e2, … of the amounts 1, 2, …</summary>
    public static IReadOnlyList<InboxDelivery> Batch(int count, int first = 1, int deliveryCount = 1) =>
        [.. Enumerable.Range(first, count).Select(number => InboxFixture.Delivery($"e{number}", number, deliveryCount))];

    /// <summary>A message of a session.</summary>
    public static InboxDelivery Of(string? session, string id, int amount = 1, int deliveryCount = 1)
    {
        var delivery = InboxFixture.Delivery(id, amount, deliveryCount);
        return delivery with { Message = delivery.Message with { SessionId = session } };
    }

    /// <summary>Inserts a row; an amount of 0 is rejected, a negative one fails.</summary>
    public Task<InboxDecision> EnterAsync(InboxContext context, CancellationToken cancellationToken)
    {
        Ran.Add(context.Delivery.Message.MessageId!);
        var amount = InboxFixture.AmountOf(context);
        return amount switch
        {
            < 0 => throw new FormatException("odd"),
            0 => Task.FromResult<InboxDecision>(new InboxDecision.Reject("Nothing", "It is nothing.")),
            _ => Task.FromResult<InboxDecision>(new InboxDecision.Apply { Rows = [Entry(context)] }),
        };
    }

    /// <summary>Adds to one balance, as read through the batch, and sends a receipt.</summary>
    public async Task<InboxDecision> AddAsync(InboxContext context, CancellationToken cancellationToken)
    {
        Ran.Add(context.Delivery.Message.MessageId!);
        var row = await context.ReadAsync("balance", cancellationToken);
        var values = new Dictionary<string, object> { ["Amount"] = (row?.GetInt64("Amount") ?? 0) + InboxFixture.AmountOf(context) };
        return new InboxDecision.Apply
        {
            Rows = [row is null ? RowWrite.Insert("balance", values) : RowWrite.Replace("balance", values, row.ETag)],
            Messages = [OutboxFixture.Message($"receipt {context.Delivery.Message.MessageId}", "s")],
        };
    }

    public async Task<IReadOnlyList<string>> EntriesAsync() =>
        [.. (await Inbox.EntriesAsync()).Select(row => row.GetString("Message")!).Order(StringComparer.Ordinal)];

    public static RowWrite Entry(InboxContext context) => RowWrite.Insert(
        $"entry|{context.OperationHash}",
        new Dictionary<string, object> { ["Amount"] = InboxFixture.AmountOf(context), ["Message"] = context.Delivery.Message.MessageId! });

    /// <summary>The outcomes in short, such as <c>Processed Duplicate</c>.</summary>
    public static string Text(IEnumerable<InboxOutcome> outcomes) => string.Join(' ', outcomes.Select(outcome => outcome.GetType().Name));

}
