using Payments.Proof.Tests.Books;
using Payments.State;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace Payments.Proof.Tests.Moving;

/// <summary>Capture and refund, alone and against each other: the money moves once, and the books agree.</summary>
public sealed class TransitionProofTests(ITestOutputHelper output)
{
    private const string Capture = "CapturePayment";
    private const string Refund = "RefundPayment";

    [Theory]
    [InlineData(Capture)]
    [InlineData(Refund)]
    public async Task One_client_moves_a_payment(string route)
    {
        var beginning = new Beginning { Payment = Before(route) };
        var proof = PaymentsProof.From(beginning, payments: 1)
            .Call("A", "k-1", app => app.PostAsync(route, "k-1", id: Beginning.PaymentName))
            .SameEnd(async end => $"{await Ends.ReadAsync(end, beginning)} | {end.ToldOf("k-1")[0][..3]}")
            .Within(deviations: 2, schedules: 350, samples: 30);

        output.WriteLine($"{route}: {await proof.RunControlledAsync()}");
    }

    [Theory]
    [InlineData(Capture)]
    [InlineData(Refund)]
    public async Task Two_clients_move_a_payment_under_one_key(string route)
    {
        var proof = PaymentsProof.From(new Beginning { Payment = Before(route) }, payments: 1)
            .Call("A", "k-1", app => app.PostAsync(route, "k-1", id: Beginning.PaymentName))
            .Call("B", "k-1", app => app.PostAsync(route, "k-1", id: Beginning.PaymentName))
            .Within(deviations: 2, schedules: 300, samples: 30);

        output.WriteLine($"{route}: {await proof.RunControlledAsync()}");
    }

    [Theory]
    [InlineData(Capture)]
    [InlineData(Refund)]
    public async Task Of_two_keys_one_moves_the_payment(string route)
    {
        var proof = PaymentsProof.From(new Beginning { Payment = Before(route) }, payments: 1)
            .Call("A", "k-1", app => app.PostAsync(route, "k-1", id: Beginning.PaymentName))
            .Call("B", "k-2", app => app.PostAsync(route, "k-2", id: Beginning.PaymentName))
            .Invariant("One moved it", end => Task.FromResult(Statuses(end, "k-1", "k-2") is var told and not "200,409" ? told : null))
            .Within(deviations: 2, schedules: 450, samples: 60);

        output.WriteLine($"{route}: {await proof.RunControlledAsync()}");
    }

    // Whoever refunds first is told that there is nothing to refund yet; the payment is captured all the same.
    [Fact]
    public async Task Capture_and_refund_at_once_end_in_one_of_two_ways()
    {
        var beginning = new Beginning { Payment = PaymentStatus.Authorized };
        var proof = PaymentsProof.From(beginning, payments: 1)
            .Call("A", "capture", app => app.PostAsync(Capture, "k-1", id: Beginning.PaymentName))
            .Call("B", "refund", app => app.PostAsync(Refund, "k-1", id: Beginning.PaymentName))
            .Invariant("The answers fit", async end => (Statuses(end, "capture"), Statuses(end, "refund"), (await Ends.ReadAsync(end, beginning)).Payments[0].Status) switch
            {
                ("200", "200", PaymentStatus.Refunded) or ("200", "409", PaymentStatus.Captured) => null,
                var other => other.ToString(),
            })
            .Within(deviations: 2, schedules: 450, samples: 60);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    // The refund's first executor sleeps before it looks at the payment. Its successor says that there is nothing to refund yet, and so it is; the payment is captured only
    // then. When the sleeper wakes up it finds a payment that could be refunded, and must not ask for it. Guards the step "found" of PaymentTransitionHandler.
    [Fact]
    public async Task A_refund_that_was_refused_is_not_made_by_a_zombie_that_looks_later()
    {
        var beginning = new Beginning { Payment = PaymentStatus.Authorized };
        var proof = PaymentsProof.From(beginning, payments: 1)
            .Call("B", "refund", app => app.PostAsync(Refund, "k-1", id: Beginning.PaymentName))
            .Call("A", "capture", app => app.PostAtAsync(TimeSpan.FromSeconds(90), Capture, "k-1", id: Beginning.PaymentName))
            .Within(deviations: 1, schedules: 300, samples: 20);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    // The gateway takes the refund and ends it later: nothing is booked before, and once after, whoever dies when.
    [Theory]
    [InlineData("pm_refund_async_1", "Refunded")]

    // Where the caller comes again after the first has failed, it is made anew.
    [InlineData("pm_refund_fails_1", "RefundFailed, Refunded")]
    public async Task A_refund_that_is_pending_ends_as_the_gateway_ends_it(string method, string ending)
    {
        var beginning = new Beginning { Payment = PaymentStatus.Captured, Method = method };
        var proof = PaymentsProof.From(beginning, payments: 1)
            .Call("A", "refund", app => app.PostAsync(Refund, "k-1", id: Beginning.PaymentName))
            .Call("G", "the gateway", app => app.DecideAtGatewayAsync(TimeSpan.FromSeconds(60)))
            .Job("the sweep of undecided payments", app => app.SweepUndecidedAsync())
            .Eventually("The refund has ended", async end => (await end.ListAsync(Beginning.Partition, "payment|")).Single().GetString("Status") is nameof(PaymentStatus.Refunding) ? "it has not." : null)
            .Invariant("It ends so", async end => (await Ends.ReadAsync(end, beginning)).Payments[0].Status.ToString() is var status && !ending.Split(", ").Contains(status) ? status : null)
            .Within(deviations: 2, schedules: 450, samples: 40);

        output.WriteLine($"{method}: {await proof.RunControlledAsync()}");
    }

    private static PaymentStatus Before(string route) => route == Capture ? PaymentStatus.Authorized : PaymentStatus.Captured;

    private static string Statuses(ProofEnd end, params string[] operations) =>
        string.Join(',', operations.SelectMany(end.ToldOf).Select(told => told[..3]).Distinct().Order(StringComparer.Ordinal));
}
