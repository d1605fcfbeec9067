using System.Text;
using Chaos.Clients;
using Chaos.Evidence;

namespace Chaos.Tests.Checks;

/// <summary>A small run in which nothing went wrong: a captured payment, a refunded one, a reserved one, a declined one, a confirmed and a cancelled order.</summary>
internal static class World
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static (Story Story, Findings Findings) Create()
    {
        var story = new Story();
        story.StockSettings["lamp"] = new([20, 25]);
        Want(story, "captured", 1, "pm_ok", capture: true);
        Want(story, "refunded", 2, "pm_ok", capture: true).IsRefunded = true;
        Want(story, "reserved", 3, "pm_ok", capture: false);
        Want(story, "declined", 4, "pm_declined", capture: true);
        Order(story, "confirmed", 6);
        Order(story, "cancelled", 12);
        Told(story, "captured", Payment("pay_captured"));
        Told(story, "refunded", Payment("pay_refunded"));
        Told(story, "reserved", Payment("pay_reserved"));
        Told(story, "declined", Declined());
        Told(story, "confirmed", Payment("ord_confirmed"));
        Told(story, "cancelled", Payment("ord_cancelled"));

        var findings = new Findings
        {
            Replays = [.. story.Requests.Select(request => new Replay(request, request.First! with { IsReplay = true }))],
            Charges = [ChargeOf("captured", "acct", 1, "captured"), ChargeOf("refunded", "acct", 2, "refunded"), ChargeOf("reserved", "acct", 3, "authorized"), ChargeOf("order", "buyer", 6, "captured")],
            Payments =
            [
                PaymentOf("captured", "acct", 1, "captured"), PaymentOf("refunded", "acct", 2, "refunded"), PaymentOf("reserved", "acct", 3, "authorized"), PaymentOf("order", "buyer", 6, "captured"),
            ],
            Statements =
            [
                new Statement("acct", new Dictionary<string, decimal> { ["EUR"] = 1 }, [Line("captured", "captured", 1, 0), Line("refunded", "captured", 2, 1), Line("refunded", "refunded", -2, 2)]),
                new Statement("buyer", new Dictionary<string, decimal> { ["EUR"] = 6 }, [Line("order", "captured", 6, 0)]),
            ],
            Mailbox = [MailOf("captured", "acct"), MailOf("refunded", "acct"), MailOf("order", "buyer")],
            Orders = [new OrderState("ord_confirmed", "confirmed", "confirmed", "", "pay_order"), new OrderState("ord_cancelled", "cancelled", "cancelled", "", null)],
            Stock = [new StockState("lamp", 24, 1)],
            Queued = new Dictionary<string, int> { ["payments"] = 0 },
            Tables = new TableFacts(["pay_captured", "pay_refunded", "pay_reserved", "pay_order"], LedgerRows: 8, Orders: 2, UnsentMessages: [], InProgress: [], Records: 6, Takeovers: 0),
        };
        return (story, findings);
    }

    public static Answer Payment(string id) => new(201, Encoding.UTF8.GetBytes($$"""{"id":"{{id}}"}"""), IsReplay: false)
    {
        ContentType = "application/json",
        Location = $"/api/payments/{id}",
        Expires = "Wed, 25 Nov 2026 12:00:00 GMT",
    };

    public static Answer Declined() => new(402, Encoding.UTF8.GetBytes("{}"), IsReplay: false) { ContentType = "application/problem+json", Expires = "Wed, 25 Nov 2026 12:00:00 GMT" };

    public static Charge ChargeOf(string name, string account, long amount, string status) => new($"charge_{name}", account, amount, "EUR", status);

    public static PaymentState PaymentOf(string name, string account, long amount, string status) => new(
        $"pay_{name}", account, amount, "EUR", status, $"charge_{name}", [.. BookingsOf(name, amount, status)]);

    public static Mail MailOf(string name, string account) => new($"mail_{name}", $"{account}@example.com", $"We received it. Payment pay_{name}, today.", Arrivals: 1);

    public static StatementLine Line(string name, string type, long amount, int minute) =>
        new($"pay_{name}.payment.{type}", $"payment.{type}", $"pay_{name}", amount, "EUR", Noon.AddMinutes(minute));

    private static IEnumerable<LedgerLine> BookingsOf(string name, long amount, string status)
    {
        string[] movements = status switch
        {
            "captured" => ["capture"],
            "refunded" => ["capture", "refund"],
            _ => [],
        };
        return movements.SelectMany(movement => (LedgerLine[])
            [new($"pay_{name}.{movement}", "debit", -amount, "EUR"), new($"pay_{name}.{movement}", "credit", amount, "EUR")]);
    }

    private static PaymentIntent Want(Story story, string key, long amount, string method, bool capture)
    {
        var intent = new PaymentIntent("acct", amount, "EUR", method, capture, story.Add(new KeyedRequest("/api/payments", key, "{}")));
        story.Payments.Enqueue(intent);
        return intent;
    }

    private static void Order(Story story, string reference, long total) => story.Orders.Enqueue(new OrderIntent(
        "user", reference, "buyer", total, "pm_ok", [new OrderLine("lamp", 1, total)], story.Add(new KeyedRequest("/api/orders", reference, "{}"))));

    private static void Told(Story story, string key, Answer answer) => story.Requests.First(request => request.Key == key).Told(answer);
}
