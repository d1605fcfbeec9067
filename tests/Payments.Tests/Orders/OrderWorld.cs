using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Payments.Gateway;
using Payments.Gateway.Simulated;
using Payments.Orders;
using Payments.Partitions;
using Payments.Stock;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Keys;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace Payments.Tests.Orders;

/// <summary>What outlives instances: our store, the gateway with its own, the clock and the committed messages.</summary>
internal sealed class OrderWorld
{
    public const string Principal = "name:ada";

    public OrderWorld() => Gateway = new SimulatedPaymentGateway(new RowWriter(new InMemoryRowStore(), new RowWriterOptions(), Time), Time);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    public InMemoryRowStore Memory { get; } = new();

    public NotedOutbox Outbox { get; } = new();

    public SimulatedPaymentGateway Gateway { get; }

    public bool GatewayIsDown { get; set; }

    /// <summary>How many more of the calls that ask for a refund are refused.</summary>
    public int RefusedRefunds { get; set; }

    public List<string> Events { get; } = [];

    public static MerchantId Merchant => MerchantId.Of(Principal);

    public static Sku Thing => Sku.TryParse("thing", out var sku) ? sku : throw new InvalidOperationException();

    public static PlaceOrderCommand Command(string reference = "r-1", string method = "pm_ok", long quantity = 1, string user = "u-1", long price = 500) =>
        new(user, reference, [new OrderItem("thing", quantity, price)], "EUR", "acct-1", method);

    public async Task StockAsync(long quantity)
    {
        using var instance = new Instance(this);
        Assert.IsType<SetStockOutcome.Set>(await instance.Services.GetRequiredService<StockRoom>().SetAsync(Merchant, Thing, quantity, default));
    }

    public async Task<(ExecutionOutcome<OperationResult> Outcome, OperationResult Result)> PlaceAsync(PlaceOrderCommand command, string key = "k-1", Instance? instance = null)
    {
        using var own = instance is null ? new Instance(this) : null;
        var services = (instance ?? own!).Services;
        var operations = services.GetRequiredService<PlaceOrderOperation>();
        var outcome = await services.GetRequiredService<IdempotencyEngine>().ExecuteAsync(
            new Operation
            {
                Scope = PlaceOrderOperation.ScopeOf(Principal, command),
                Key = IdempotencyKey.Create(key),
                Fingerprint = command.ToFingerprint(),
                Placement = operations.PlacementOf(Principal, command),
                SendsMessages = true,
            },
            (context, token) => services.GetRequiredService<PlaceOrderHandler>().ExecuteAsync(Principal, operations.IdOf(Principal, command), command, context, token),
            default);
        return (outcome, outcome switch
        {
            ExecutionOutcome<OperationResult>.Executed executed => executed.Result,
            ExecutionOutcome<OperationResult>.Replayed replayed => replayed.Result,
            _ => OperationResult.Empty,
        });
    }

    /// <summary>Delivers what is committed, each message not before its time, until none is left or the instance is dead.</summary>
    public async Task DeliverAsync(Instance? instance = null)
    {
        using var own = instance is null ? new Instance(this) : null;
        var current = instance ?? own!;
        for (var rounds = 0; !current.IsDead && await DueAsync() is { Count: > 0 } due; rounds++)
        {
            Assert.True(rounds < 500, "The orders do not come to rest.");
            await DeliverAsync(current, due[0]);
        }
    }

    /// <summary>The messages that are due next; the clock moves on to them.</summary>
    public async Task<List<Row>> DueAsync()
    {
        var rows = new List<Row>();
        foreach (var partition in Outbox.Partitions.Keys)
        {
            await foreach (var row in Memory.QueryAsync(new RowQuery(partition, NotedOutbox.Prefix), default))
            {
                rows.Add(row);
            }
        }

        if (rows.Count == 0)
        {
            return rows;
        }

        var first = rows.Min(row => row.GetDateTimeOffset("NotBefore"))!.Value;
        if (first > Time.GetUtcNow())
        {
            Time.SetUtcNow(first);
        }

        return [.. rows.Where(row => row.GetDateTimeOffset("NotBefore") <= Time.GetUtcNow()).OrderBy(row => row.GetDateTimeOffset("NotBefore"))];
    }

    public async Task DeliverAsync(Instance instance, Row message)
    {
        if (message.GetString("Queue") == Payments.Queues.PaymentsQueues.Orders)
        {
            var settlement = await instance.Services.GetRequiredService<OrderMessages>().ReceiveAsync(message.GetString("Subject"), message.GetBinary("Body"), default);
            Assert.IsNotType<Settlement.DeadLetter>(settlement);
            if (instance.IsDead || settlement is not Settlement.Complete)
            {
                return;
            }

            if (message.GetString("Subject")!.StartsWith("order.", StringComparison.Ordinal))
            {
                lock (Events)
                {
                    Events.Add(message.GetString("MessageId")!);
                }
            }
        }

        await Memory.WriteAsync(new RowTransaction(message.Address.Partition, [RowWrite.Delete(message.Address.RowKey, message.ETag)]), default);
    }

    public async Task<OrderView> OrderAsync(PlaceOrderCommand command)
    {
        using var instance = new Instance(this);
        var id = instance.Services.GetRequiredService<PlaceOrderOperation>().IdOf(Principal, command);
        return (await instance.Services.GetRequiredService<OrderReader>().FindAsync(Merchant, id, default))!;
    }

    public async Task<StockLevel> LevelAsync()
    {
        using var instance = new Instance(this);
        return (await instance.Services.GetRequiredService<StockRoom>().FindAsync(Merchant, Thing, default))!;
    }

    public Task<IReadOnlyList<GatewayCharge>> ChargesAsync() => Gateway.ListAsync("acct-1", default);

    public async Task<long> KeptAsync() => (await ChargesAsync()).Where(charge => charge.Status == GatewayChargeStatus.Captured).Sum(charge => charge.Amount);

    /// <summary>What the ledger of all payments says: the sum of everything, and what the merchant has.</summary>
    public async Task<(long Sum, long Merchant)> LedgerAsync()
    {
        var (sum, merchant) = (0L, 0L);
        for (var shard = 0; shard < 256; shard++)
        {
            await foreach (var row in Memory.QueryAsync(new RowQuery(new PaymentPartition(Merchant, (byte)shard).Address, "ledger|"), default))
            {
                var entry = Ledger.LedgerRow.ToEntry(row);
                sum += entry.Amount;
                merchant += entry.AccountId.StartsWith("merchant:", StringComparison.Ordinal) ? entry.Amount : 0;
            }
        }

        return (sum, merchant);
    }

    public async Task<string> EndAsync(PlaceOrderCommand command)
    {
        var order = await OrderAsync(command);
        var level = await LevelAsync();
        var ledger = await LedgerAsync();
        return $"{order.Status}: {string.Join(", ", order.Steps.Select(step => $"{step.Name} {step.Status}"))}; stock {level.Available}/{level.Reserved}; "
            + $"charges {string.Join(",", (await ChargesAsync()).Select(charge => charge.Status))}; ledger {ledger}; {string.Join(",", Events.Distinct().Select(name => name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]))}";
    }
}
