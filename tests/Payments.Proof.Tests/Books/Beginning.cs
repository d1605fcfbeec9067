using Payments.Gateway;
using Payments.Ledger;
using Payments.Partitions;
using Payments.Proof.Tests.Outside;
using Payments.State;
using Payments.Stock;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;

namespace Payments.Proof.Tests.Books;

/// <summary>What there is before a run: by default nothing.</summary>
internal sealed class Beginning
{
    public const long Amount = 1250;

    public const string PaymentName = "pay_00AAAAAAAAAAAAAAAAAAAAAA";

    private const string GatewayKey = "earlier";

    /// <summary>Where the payment stands that there is; null where there is none. Null by default.</summary>
    public PaymentStatus? Payment { get; init; }

    /// <summary>What the payment that there is was paid with. Default <c>pm_ok</c>.</summary>
    public string Method { get; init; } = "pm_ok";

    /// <summary>How many units of the thing there are; null where it is not sold. Null by default.</summary>
    public long? Stock { get; init; }

    public static Sku Thing => Sku.TryParse("thing", out var sku) ? sku : throw new InvalidOperationException();

    /// <summary>Where the payment lives that there is.</summary>
    public static PartitionAddress Partition => PaymentId.TryParse(PaymentName, out var id) ? new PaymentPartition(MerchantId.Local, id.Shard).Address : throw new InvalidOperationException();

    public IRowStore NewStore()
    {
        var store = new InMemoryRowStore();
        if (Payment is { } status && PaymentId.TryParse(PaymentName, out var id))
        {
            var reference = NewGateway().Gateway.FindAsync(Ends.Account, GatewayKey, CancellationToken.None).GetAwaiter().GetResult()!.Reference;
            var payment = new Payment(PaymentName, Ends.Account, Amount, "EUR", status, reference, StandingClock.Now);
            Write(store, new PaymentPartition(MerchantId.Local, id.Shard).Address, [PaymentRow.ToInsert(id, payment), .. status == PaymentStatus.Captured ? DoubleEntry.Capture(MerchantId.Local, payment, StandingClock.Now) : []]);
        }

        if (Stock is { } quantity)
        {
            Write(store, StockRow.PartitionOf(MerchantId.Local, Thing), [RowWrite.Insert(StockRow.Key, StockRow.ToValues(quantity, reserved: 0))]);
        }

        return store;
    }

    public GatewayParty NewGateway()
    {
        var party = new GatewayParty();
        if (Payment is { } status)
        {
            // Over memory it is done when it returns.
            _ = party.Gateway.ChargeAsync(new ChargeRequest(GatewayKey, Ends.Account, Amount, "EUR", Method, Capture: status == PaymentStatus.Captured, StandingClock.Now), CancellationToken.None).GetAwaiter().GetResult();
        }

        return party;
    }

    private static void Write(InMemoryRowStore store, PartitionAddress partition, IReadOnlyList<RowWrite> writes)
    {
        if (store.WriteAsync(new RowTransaction(partition, writes), CancellationToken.None).GetAwaiter().GetResult() is not WriteOutcome.Applied)
        {
            throw new InvalidOperationException($"The beginning could not be written to {partition}.");
        }
    }
}
