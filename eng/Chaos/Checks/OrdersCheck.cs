using Chaos.Clients;
using Chaos.Evidence;

namespace Chaos.Checks;

/// <summary>Every order has ended, as confirmed with its money taken or as cancelled with none kept; and stock is held for the confirmed ones only.</summary>
internal static class OrdersCheck
{
    public static IEnumerable<string> Run(Story story, Findings findings)
    {
        var orders = findings.Orders.ToLookup(order => order.Reference);
        var payments = findings.Payments.ToLookup(payment => (payment.AccountId, payment.Amount));
        var held = new Dictionary<string, long>();
        foreach (var intent in story.Orders)
        {
            var found = orders[intent.Reference].ToList();
            if (found.Count != 1)
            {
                yield return $"The order {intent.Reference} is there {found.Count} times.";
                continue;
            }

            if (DifferenceOf(intent, found[0], [.. payments[(intent.Account, intent.Total)]]) is { } difference)
            {
                yield return difference;
            }

            if (found[0].Status == "confirmed")
            {
                foreach (var line in intent.Lines)
                {
                    held[line.Sku] = held.GetValueOrDefault(line.Sku) + line.Quantity;
                }
            }
        }

        if (findings.Tables.Orders != story.Orders.Count)
        {
            yield return $"{story.Orders.Count} orders were placed, and the tables hold {findings.Tables.Orders}.";
        }

        foreach (var stock in findings.Stock)
        {
            if (stock.Reserved != held.GetValueOrDefault(stock.Sku) || stock.Available < 0)
            {
                yield return $"Of {stock.Sku}, {stock.Reserved} are held and {stock.Available} left; confirmed orders need {held.GetValueOrDefault(stock.Sku)}.";
            }

            if (!story.StockSettings[stock.Sku].Contains(stock.Available + stock.Reserved))
            {
                yield return $"Of {stock.Sku} there are {stock.Available + stock.Reserved}, which its stock was never set to.";
            }
        }
    }

    private static string? DifferenceOf(OrderIntent intent, OrderState order, IReadOnlyList<PaymentState> payments) => order.Status switch
    {
        "confirmed" when intent.IsDeclined => $"The order {order.Id} is confirmed, and its payment is declined always.",
        "confirmed" => payments is [{ Status: "captured" } payment] && payment.Id == order.PaymentId
            ? null
            : $"The order {order.Id} is confirmed with the payment {order.PaymentId}; its payments are {Describe(payments)}.",
        "cancelled" => payments is [] or [{ Status: "refunded" }]
            ? null
            : $"The order {order.Id} is cancelled; its payments are {Describe(payments)}.",
        _ => $"The order {order.Id} has not ended: {order.Status}. {order.Outcome}",
    };

    private static string Describe(IReadOnlyList<PaymentState> payments) => payments.Count == 0 ? "none" : string.Join(", ", payments.Select(payment => $"{payment.Id} {payment.Status}"));
}
