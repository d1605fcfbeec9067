using Payments.Proof.Tests.Books;
using Payments.Proof.Tests.Processes;
using Payments.Queues;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace Payments.Proof.Tests.Orders;

/// <summary>The order saga from the post to its end, by its real wake-ups: stock, charge and the order's end agree whatever goes wrong.</summary>
public sealed class OrderProofTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("pm_ok", 3L, "Completed")]
    [InlineData("pm_lost_reply", 3L, "Completed")]
    [InlineData("pm_declined", 3L, "Compensated")]
    [InlineData("pm_ok", 0L, "Compensated")]
    [InlineData("pm_ok", null, "Compensated")]
    public async Task An_order_ends_as_it_would_undisturbed(string method, long? stock, string ending)
    {
        var beginning = new Beginning { Stock = stock };
        var proof = Orders(beginning)
            .Call("A", "r-1", app => PlaceAsync(app, "r-1", method))
            .Invariant("The end", async end => await OrderEnds.ReadAsync(end, beginning) is { Sagas: [var only] } ends && only != ending ? ends.ToString() : null)
            .SameEnd(async end => (await OrderEnds.ReadAsync(end, beginning)).ToString())
            .Within(deviations: 1, schedules: 600, samples: 20);

        output.WriteLine($"{method}, stock {stock?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}: {await proof.RunControlledAsync()}");
    }

    [Fact]
    public async Task An_order_placed_twice_under_one_key_is_one_order()
    {
        var beginning = new Beginning { Stock = 3 };
        var proof = Orders(beginning)
            .Call("A", "r-1", app => PlaceAsync(app, "r-1"))
            .Call("B", "r-1", app => PlaceAsync(app, "r-1"))
            .Invariant("One order", async end => (await OrderEnds.ReadAsync(end, beginning)).Sagas.Count is var orders and not 1 ? $"there are {orders}." : null)
            .Within(deviations: 1, schedules: 400, samples: 20);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    [Fact]
    public async Task Of_two_orders_of_the_last_unit_one_gets_it()
    {
        var beginning = new Beginning { Stock = 1 };
        var proof = Orders(beginning)
            .Call("A", "r-1", app => PlaceAsync(app, "r-1"))
            .Call("B", "r-2", app => PlaceAsync(app, "r-2", user: "u-2"))
            .Invariant("One gets it", async end => await OrderEnds.ReadAsync(end, beginning) is { Confirmed: 1, Cancelled: 1 } ? null : "not so.")
            .Within(deviations: 1, schedules: 700, samples: 30);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    private static IdempotencyProof<PaymentsProcess> Orders(Beginning beginning) => PaymentsProof.From(beginning)
        .Consumes(PaymentsQueues.Orders, OrderOf)
        .Job("the sagas' sweep", app => app.SweepSagasAsync())
        .Job("the operator", app => app.RetryParkedAsync())
        .Eventually("Nothing is parked", async end => (await OrderEnds.SagasAsync(end)).Count(status => status == "Parked") is var parked and > 0 ? $"{parked} orders are." : null)
        .Invariant("Stock, payments and orders agree", async end => (await OrderEnds.ReadAsync(end, beginning)).Fault(beginning));

    // Its wake-ups and its end are one order's: what they ask of the gateway is one charge.
    private static string? OrderOf(InboundMessage message) => SagaWakeUp.TryParse(message.Body)?.Id ?? message.SessionId;

    private static Task<ProofAnswer> PlaceAsync(PaymentsProcess app, string reference, string method = "pm_ok", string user = "u-1") => app.PostAsync(
        "PlaceOrder",
        $"key of {reference}".Replace(' ', '-'),
        $$"""{"userId":"{{user}}","orderReference":"{{reference}}","items":[{"sku":"{{Beginning.Thing}}","quantity":1,"unitPrice":500}],"currency":"EUR","accountId":"{{Ends.Account}}","paymentMethod":"{{method}}"}""");
}
