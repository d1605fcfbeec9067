using System.Globalization;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>A consumer of batches, by the inbox: each message adds its amount to a balance and has an entry of 30 rows, so that a transaction takes three of them.</summary>
internal sealed class BatchApp(ProofProcess process)
{
    public const string Queue = "entries";

    public static readonly PartitionAddress Partition = new("Business", "account");

    private const int RowsOfAnEntry = 30;

    public static InboundMessage Message(string id, int amount, string? session = null) =>
        new(BitConverter.GetBytes(amount)) { MessageId = id, SessionId = session };

    public async Task<IReadOnlyList<Settlement>> ConsumeAsync(IReadOnlyList<InboundMessage> messages)
    {
        using var engine = process.StartEngine();
        using var inbox = process.StartInbox(engine);
        var outcomes = await inbox.ExecuteBatchAsync([.. messages.Select(message => new InboxDelivery("balance", message))], _ => Partition, AddAsync, default);
        return [.. outcomes.Select(outcome => outcome.ToSettlement())];
    }

    /// <summary>What each message left, in the order in which they were applied, and the balance; an amount of 0 is rejected.</summary>
    public static async Task<string> EndAsync(ProofEnd end)
    {
        var balance = (await end.ListAsync(Partition, "balance")).SingleOrDefault();
        var entries = (await end.ListAsync(Partition, "entry|")).Count;
        return $"{balance?.GetString("Value")} by {balance?.GetString("Applied")}, {entries} rows, {(await end.ListAsync(Partition, "event|")).Count} marks";
    }

    private static async Task<InboxDecision> AddAsync(InboxContext context, CancellationToken cancellationToken)
    {
        var (id, amount) = (context.Delivery.Message.MessageId!, BitConverter.ToInt32(context.Payload.Span));
        if (amount == 0)
        {
            return new InboxDecision.Reject("Nothing", "It is nothing.");
        }

        var balance = await context.ReadAsync("balance", cancellationToken);
        var values = new Dictionary<string, object>
        {
            ["Value"] = (int.Parse(balance?.GetString("Value") ?? "0", CultureInfo.InvariantCulture) + amount).ToString(CultureInfo.InvariantCulture),
            ["Applied"] = $"{balance?.GetString("Applied")}{id}",
        };
        return new InboxDecision.Apply
        {
            Rows =
            [
                balance is null ? RowWrite.Insert("balance", values) : RowWrite.Replace("balance", values, balance.ETag),
                .. Enumerable.Range(0, RowsOfAnEntry).Select(number => RowWrite.Insert($"entry|{context.OperationHash}|{number}", new Dictionary<string, object>())),
            ],
        };
    }
}
