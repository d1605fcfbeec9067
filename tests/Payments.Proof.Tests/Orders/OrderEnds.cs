using Payments.Partitions;
using Payments.Proof.Tests.Books;
using Payments.Proof.Tests.Processes;
using Payments.Queues;
using Payments.Stock;
using ServerlessIdempotency.Testing.Proofs;

namespace Payments.Proof.Tests.Orders;

/// <summary>How the orders of a run ended, with the stock and the payments beside them.</summary>
internal sealed record OrderEnds(IReadOnlyList<string> Sagas, long Available, long Reserved, long Held, IReadOnlyList<string> Told, Ends Books)
{
    public int Confirmed => Sagas.Count(status => status == "Completed");

    public int Cancelled => Sagas.Count(status => status == "Compensated");

    public static async Task<OrderEnds> ReadAsync(ProofEnd end, Beginning beginning)
    {
        var sagas = await SagasAsync(end);
        var (available, reserved, held) = (0L, 0L, 0L);
        foreach (var row in await end.ListAsync(StockRow.PartitionOf(MerchantId.Local, Beginning.Thing)))
        {
            if (row.Address.RowKey == StockRow.Key)
            {
                (_, available, reserved) = StockRow.ToLevel(Beginning.Thing, row);
            }
            else if (Reservation.FromRow(row) is { IsReleased: false } reservation)
            {
                held += reservation.Quantity;
            }
        }

        string[] told = [.. end.Sent
            .Where(message => message.Queue == PaymentsQueues.Orders && message.Subject!.StartsWith("order.", StringComparison.Ordinal))
            .DistinctBy(message => message.MessageId)
            .Select(message => message.Subject!)
            .Order(StringComparer.Ordinal)];
        return new OrderEnds(sagas, available, reserved, held, told, await Ends.ReadAsync(end, beginning));
    }

    /// <summary>How the sagas stand, also in the middle of a run: nothing else is read.</summary>
    public static async Task<IReadOnlyList<string>> SagasAsync(ProofEnd end)
    {
        List<string> sagas = [];
        for (var shard = 0; shard < PaymentsProcess.Shards; shard++)
        {
            sagas.AddRange((await end.ListAsync(global::Payments.Orders.OrderPartition.Of(MerchantId.Local, (byte)shard), "saga|")).Select(row => row.GetString("Status")!));
        }

        return sagas;
    }

    /// <summary>What must hold of every end.</summary>
    public string? Fault(Beginning beginning) => this switch
    {
        _ when Confirmed + Cancelled != Sagas.Count => $"the orders stand at {string.Join(", ", Sagas)}.",
        _ when Available < 0 || Reserved < 0 => $"the stock is {Available}, with {Reserved} reserved.",
        _ when Reserved != Held || Reserved != Confirmed => $"{Reserved} are reserved, by reservations of {Held}, for {Confirmed} confirmed orders.",
        _ when Available + Reserved != (beginning.Stock ?? 0) => $"of {beginning.Stock} units {Available} are there and {Reserved} reserved.",
        _ when Books.Payments.Count(payment => payment.Status == State.PaymentStatus.Captured) != Confirmed => $"{Confirmed} orders are confirmed, and these are paid: {Books}.",
        _ when Told.Count(subject => subject == "order.confirmed") != Confirmed || Told.Count != Sagas.Count => $"{string.Join(", ", Told)} was told of {string.Join(", ", Sagas)}.",
        _ => null,
    };

    /// <summary>The end in words: the same after every run.</summary>
    public override string ToString() => $"{string.Join(",", Sagas)}; stock {Available}/{Reserved}; told {string.Join(",", Told)}; {string.Join(",", Books.Charges.Select(charge => charge.Status))}";
}
