using System.Globalization;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Testing.Proofs;
using ServerlessIdempotency.Testing.Tests.Handlers;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>A right consumer, for wrong stores: each message adds its amount to one balance, in a single trip.</summary>
internal sealed class BalanceConsumer(ProofProcess process) : NaiveApp(process)
{
    public static InboundMessage Message(string id, int amount) => new(BitConverter.GetBytes(amount)) { MessageId = id };

    public async Task<Settlement> ConsumeAsync(InboundMessage message)
    {
        using var engine = Process.StartEngine();
        using var inbox = Process.StartInbox(engine);
        return (await inbox.ApplyAsync(new InboxDelivery("balance", message), Partition, AddAsync, default)).ToSettlement();
    }

    public static async Task<string?> BalanceIs(ProofEnd end, int expected)
    {
        var balance = (await end.ListAsync(Partition, "balance")).SingleOrDefault()?.GetString("Value");
        return balance == expected.ToString(CultureInfo.InvariantCulture) ? null : $"It is {balance ?? "absent"} instead of {expected}.";
    }

    private async Task<InboxDecision> AddAsync(InboxContext context, CancellationToken cancellationToken)
    {
        var amount = BitConverter.ToInt32(context.Payload.Span);
        var balance = await ReadAsync("balance");
        return new InboxDecision.Apply
        {
            Rows = balance is null
                ? [Insert("balance", amount.ToString(CultureInfo.InvariantCulture))]
                : [Replace(balance, (int.Parse(balance.GetString("Value")!, CultureInfo.InvariantCulture) + amount).ToString(CultureInfo.InvariantCulture))],
        };
    }
}
