using System.Text;
using Payments.Gateway;
using Payments.Ledger;
using Payments.Partitions;
using Payments.State;
using ServerlessIdempotency;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;

namespace Payments.Tests;

public sealed class CreatePaymentTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_payment_commits_its_row_its_ledger_and_its_answer_in_two_writes()
    {
        // Guards the budget of the design: claim and commit, nothing else of ours, one after another.
        var outcome = await _bench.CreateAsync(Bench.Command());

        Assert.IsType<ExecutionOutcome<PaymentResult>.Executed>(outcome);
        Assert.Equal(2, _bench.Store.RoundTrips);
        Assert.Equal(2, _bench.Store.Writes);
        var payment = Bench.PaymentOf(outcome);
        Assert.True(PaymentId.TryParse(payment.Id, out var id));
        Assert.Equal(payment, (await _bench.Reader.FindAsync(Bench.Merchant, id, CancellationToken.None))?.Payment);
        var ledger = await _bench.Reader.ListLedgerAsync(Bench.Merchant, id, CancellationToken.None);
        Assert.Equal(
            [("acct-1", -1250L), ($"merchant:{Bench.Merchant.Value}", 1250L)],
            ledger.Select(entry => (entry.AccountId, entry.Amount)).Order());
        Assert.Equal(2, ledger.Select(entry => (entry.TransactionId, entry.Type)).Distinct().Count());
        Assert.Equal(_bench.Time.GetUtcNow(), payment.CreatedAt);
    }

    [Fact]
    public async Task The_answer_is_201_with_the_place_of_the_payment()
    {
        var result = Bench.ResultOf(await _bench.CreateAsync(Bench.Command()));

        var id = result.ReadJson(PaymentsJsonContext.Default.Payment)!.Id;
        Assert.Equal(201, result.StatusCode);
        Assert.Contains(KeyValuePair.Create("Location", $"/api/payments/{id}"), result.Headers);
        Assert.StartsWith($"{{\"id\":\"{id}\",\"accountId\":\"acct-1\",\"amount\":1250,\"currency\":\"EUR\",\"status\":\"captured\",\"gatewayReference\":\"sim_", Encoding.UTF8.GetString(result.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeat_gets_the_same_bytes_and_charges_nothing()
    {
        var first = await _bench.CreateAsync(Bench.Command());

        var second = Assert.IsType<ExecutionOutcome<PaymentResult>.Replayed>(await _bench.CreateAsync(Bench.Command()));

        Assert.Equal(Bench.ResultOf(first).Body.ToArray(), second.Result.Body.ToArray());
        Assert.Single(await _bench.ChargesAsync());
    }

    [Fact]
    public async Task The_same_key_for_another_amount_is_a_mismatch_and_charges_nothing()
    {
        await _bench.CreateAsync(Bench.Command(amount: 1));

        Assert.IsType<ExecutionOutcome<PaymentResult>.Mismatch>(await _bench.CreateAsync(Bench.Command(amount: 2)));

        Assert.Equal(1, Assert.Single(await _bench.ChargesAsync()).Amount);
    }

    [Fact]
    public async Task The_same_key_of_another_principal_is_another_payment()
    {
        var first = Bench.PaymentOf(await _bench.CreateAsync(Bench.Command()));
        var second = Bench.PaymentOf(await _bench.CreateAsync(Bench.Command(), principal: "name:bob"));

        Assert.NotEqual(first.Id, second.Id);
        Assert.True(PaymentId.TryParse(first.Id, out var id));
        Assert.Null(await _bench.Reader.FindAsync(MerchantId.Of("name:bob"), id, CancellationToken.None));
    }

    [Fact]
    public async Task After_retention_the_same_key_charges_again_under_another_id()
    {
        var first = await _bench.CreatedAsync(Bench.Command());
        _bench.Time.Advance(new InboxOptions().Retention + new IdempotencyOptions().ClockSkewMargin);

        var second = await _bench.CreatedAsync(Bench.Command());

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(2, (await _bench.ChargesAsync()).Count);
    }

    [Fact]
    public async Task An_authorised_payment_books_nothing()
    {
        var payment = await _bench.CreatedAsync(Bench.Command(capture: false));

        Assert.Equal(PaymentStatus.Authorized, payment.Status);
        Assert.True(PaymentId.TryParse(payment.Id, out var id));
        Assert.Empty(await _bench.Reader.ListLedgerAsync(Bench.Merchant, id, CancellationToken.None));
        Assert.Equal(GatewayChargeStatus.Authorized, Assert.Single(await _bench.ChargesAsync()).Status);
    }

    [Fact]
    public async Task A_declined_payment_is_stored_and_replayed()
    {
        var first = Assert.IsType<ExecutionOutcome<PaymentResult>.Executed>(await _bench.CreateAsync(Bench.Command("pm_declined")));
        var second = Assert.IsType<ExecutionOutcome<PaymentResult>.Replayed>(await _bench.CreateAsync(Bench.Command("pm_declined")));

        Assert.Equal(402, first.Result.StatusCode);
        Assert.Equal("https://example.test/problems/payment-declined", Bench.ProblemOf(first).Type);
        Assert.Equal(first.Result.Body.ToArray(), second.Result.Body.ToArray());
        Assert.Empty(await _bench.ChargesAsync());
    }

    [Fact]
    public async Task A_lost_reply_of_the_gateway_fails_the_first_attempt_and_the_retry_finds_the_charge()
    {
        var first = Assert.IsType<ExecutionOutcome<PaymentResult>.NotStored>(await _bench.CreateAsync(Bench.Command("pm_lost_reply")));
        Assert.Equal(503, first.Value.Answer.StatusCode);
        Assert.Contains(first.Value.Answer.Headers, header => header.Key == "Retry-After");
        Assert.Single(await _bench.ChargesAsync());

        var second = Assert.IsType<ExecutionOutcome<PaymentResult>.Executed>(await _bench.CreateAsync(Bench.Command("pm_lost_reply")));

        Assert.Equal(Assert.Single(await _bench.ChargesAsync()).Reference, Bench.PaymentOf(second).GatewayReference);
    }

    /// <summary>A client library's message names hosts and accounts; it is for the log and for operators.</summary>
    [Fact]
    public async Task What_the_gateways_client_says_reaches_no_caller()
    {
        var bench = new Bench(gateway => new UnreachableGateway(gateway));

        var outcome = Assert.IsType<ExecutionOutcome<PaymentResult>.NotStored>(await bench.CreateAsync(Bench.Command("pm_ok")));

        Assert.Equal("Name or service not known (api.internal:443)", Assert.IsType<PaymentResult.Unclear>(outcome.Value).Reason);
        Assert.DoesNotContain("api.internal", System.Text.Encoding.UTF8.GetString(outcome.Value.Answer.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unavailable_gateway_charges_nothing_at_the_first_attempt_and_once_at_the_next()
    {
        Assert.Equal(503, Bench.ResultOf(await _bench.CreateAsync(Bench.Command("pm_unavailable"))).StatusCode);
        Assert.Empty(await _bench.ChargesAsync());

        Assert.Equal(201, Bench.ResultOf(await _bench.CreateAsync(Bench.Command("pm_unavailable"))).StatusCode);
        Assert.Single(await _bench.ChargesAsync());
    }

    [Fact]
    public async Task An_unknown_payment_method_is_400_and_leaves_the_key_free()
    {
        var refused = Assert.IsType<ExecutionOutcome<PaymentResult>.NotStored>(await _bench.CreateAsync(Bench.Command("pm_typo")));

        Assert.Equal(400, refused.Value.Answer.StatusCode);
        Assert.Equal(["paymentMethod"], Bench.ProblemOf(refused).Errors!.Keys);
        Assert.Equal(201, Bench.ResultOf(await _bench.CreateAsync(Bench.Command())).StatusCode);
    }

    // Law 4. The writes of one payment are the claim and the commit; a process may die before or after either, and after the charge.
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task A_crash_at_any_write_ends_after_a_retry_as_an_undisturbed_payment(int write, bool afterApplying)
    {
        foreach (var method in new[] { "pm_ok", "pm_lost_reply", "pm_unavailable" })
        {
            using var bench = new Bench();
            bench.Store.FailWrite = (write, afterApplying);
            try
            {
                await bench.CreateAsync(Bench.Command(method));
            }
            catch (ProcessDiedException)
            {
                bench.Store.FailWrite = null;
            }

            // Past every lease; the second retry is for the methods whose first attempt fails.
            bench.Time.Advance(TimeSpan.FromMinutes(5));
            await bench.CreateAsync(Bench.Command(method));
            bench.Time.Advance(TimeSpan.FromMinutes(5));
            var payment = await bench.CreatedAsync(Bench.Command(method));

            Assert.Equal(payment.GatewayReference, Assert.Single(await bench.ChargesAsync()).Reference);
            Assert.True(PaymentId.TryParse(payment.Id, out var id));
            Assert.Equal(payment, (await bench.Reader.FindAsync(Bench.Merchant, id, CancellationToken.None))?.Payment);
            Assert.Equal([LedgerEntryType.Credit, LedgerEntryType.Debit], (await bench.Reader.ListLedgerAsync(Bench.Merchant, id, CancellationToken.None)).Select(entry => entry.Type));
        }
    }
}
