using Payments.Proof.Tests.Books;
using ServerlessIdempotency.Testing.Proofs;
using Xunit.Abstractions;

namespace Payments.Proof.Tests.Creating;

/// <summary><c>POST /api/payments</c>: whatever goes wrong where, one key is one charge, one payment and one answer.</summary>
public sealed class CreatePaymentProofTests(ITestOutputHelper output)
{
    private const string Route = "CreatePayment";

    [Theory]
    [InlineData("pm_ok", true, 1)]
    [InlineData("pm_ok", false, 1)]
    [InlineData("pm_declined", true, 0)]
    [InlineData("pm_lost_reply", true, 1)]
    [InlineData("pm_unavailable", true, 1)]
    [InlineData("pm_slow_60000", true, 1)]
    public async Task One_client_retries_until_it_has_its_answer(string method, bool capture, int payments)
    {
        var beginning = new Beginning();
        var proof = PaymentsProof.From(beginning, payments)
            .Call("A", "k-1", app => app.PostAsync(Route, "k-1", PaymentBodies.Of(method, capture)))
            .SameEnd(async end => $"{await Ends.ReadAsync(end, beginning)} | {(end.ToldOf("k-1")[0][..3])}")
            .Within(deviations: 2, schedules: 350, samples: 30);

        output.WriteLine($"{method}, capture {capture}: {await proof.RunControlledAsync()}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("one process")]
    public async Task Two_clients_post_one_key_at_once(string? process)
    {
        var proof = PaymentsProof.From(payments: 1)
            .Call("A", "k-1", app => app.PostAsync(Route, "k-1", PaymentBodies.Of()), process)
            .Call("B", "k-1", app => app.PostAsync(Route, "k-1", PaymentBodies.Of()), process)
            .Within(deviations: 2, schedules: 500, samples: 60);

        output.WriteLine($"in {process ?? "two processes"}: {await proof.RunControlledAsync()}");
    }

    [Fact]
    public async Task Two_keys_are_two_payments()
    {
        var proof = PaymentsProof.From(payments: 2)
            .Call("A", "k-1", app => app.PostAsync(Route, "k-1", PaymentBodies.Of()))
            .Call("B", "k-2", app => app.PostAsync(Route, "k-2", PaymentBodies.Of()))
            .Within(deviations: 1, schedules: 300, samples: 50);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    [Fact]
    public async Task One_key_with_two_bodies_is_one_payment_and_one_refusal()
    {
        var proof = PaymentsProof.From(payments: 1)
            .Call("A", "k-1 for 1250", app => app.PostAsync(Route, "k-1", PaymentBodies.Of()))
            .Call("B", "k-1 for 999", app => app.PostAsync(Route, "k-1", PaymentBodies.Of(amount: 999)))
            .Invariant("One is refused", end => Task.FromResult(
                string.Join(',', end.ToldOf("k-1 for 1250").Concat(end.ToldOf("k-1 for 999")).Select(told => told[..3]).Distinct().Order()) is var told and not "201,422" ? told : null))
            .Within(deviations: 1, schedules: 300, samples: 50);

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    // A zombie that wakes up behind the crash of its successor, and a third one that ends it.
    [Fact]
    public async Task A_zombie_meets_the_crash_of_whoever_took_over()
    {
        var proof = PaymentsProof.From(payments: 1)
            .Call("A", "k-1", app => app.PostAsync(Route, "k-1", PaymentBodies.Of("pm_slow_60000")))
            .Call("B", "k-1", app => app.PostAsync(Route, "k-1", PaymentBodies.Of("pm_slow_60000")))
            .Within(deviations: 3, schedules: 700, samples: 150);
        proof.Options.Faults = 3;

        output.WriteLine((await proof.RunControlledAsync()).ToString());
    }

    // The guard that it holds is the kit's own purpose: without a stable key a retry is a second charge.
    [Fact]
    public async Task A_gateway_key_that_changes_with_its_executor_is_found()
    {
        var proof = PaymentsProof.From(payments: 1, gateway: (process, inner) => new ChangingKeys(process, inner))
            .Call("A", "k-1", app => app.PostAsync(Route, "k-1", PaymentBodies.Of()))
            .Within(deviations: 1, schedules: 200, samples: 0);

        var failure = await Assert.ThrowsAsync<ProofFailedException>(proof.RunAsync);
        output.WriteLine(failure.Message);
        Assert.Contains("different keys", failure.Message, StringComparison.Ordinal);
    }
}
