using Payments.Gateway;
using Payments.Ledger;
using Payments.Partitions;
using Payments.State;
using ServerlessIdempotency.Execution;

namespace Payments.Tests;

public sealed class TransitionTests : IDisposable
{
    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_capture_moves_the_payment_and_books_it()
    {
        var authorized = await _bench.CreatedAsync(Bench.Command(capture: false));

        var captured = Bench.PaymentOf(await _bench.CaptureAsync(authorized.Id, "c-1"));

        Assert.Equal(authorized with { Status = PaymentStatus.Captured }, captured);
        Assert.Equal(GatewayChargeStatus.Captured, Assert.Single(await _bench.ChargesAsync()).Status);
        Assert.Equal(0, (await LedgerAsync(captured)).Sum(entry => entry.Amount));
        Assert.Equal(2, (await LedgerAsync(captured)).Count);
    }

    [Fact]
    public async Task A_refund_reverses_the_capture_in_the_ledger()
    {
        var captured = await _bench.CreatedAsync(Bench.Command());

        var refunded = Bench.PaymentOf(await _bench.RefundAsync(captured.Id, "r-1"));

        Assert.Equal(PaymentStatus.Refunded, refunded.Status);
        Assert.Equal(GatewayChargeStatus.Refunded, Assert.Single(await _bench.ChargesAsync()).Status);
        var ledger = await LedgerAsync(captured);
        Assert.Equal(4, ledger.Count);
        Assert.All(ledger.GroupBy(entry => entry.TransactionId), transaction => Assert.Equal(0, transaction.Sum(entry => entry.Amount)));
        Assert.All(ledger.GroupBy(entry => entry.AccountId), account => Assert.Equal(0, account.Sum(entry => entry.Amount)));
    }

    [Fact]
    public async Task A_repeated_refund_replays_and_another_key_is_told_the_state()
    {
        var captured = await _bench.CreatedAsync(Bench.Command());
        var first = await _bench.RefundAsync(captured.Id, "r-1");

        var repeat = Assert.IsType<ExecutionOutcome<PaymentResult>.Replayed>(await _bench.RefundAsync(captured.Id, "r-1"));
        var other = await _bench.RefundAsync(captured.Id, "r-2");

        Assert.Equal(Bench.ResultOf(first).Body.ToArray(), repeat.Result.Body.ToArray());
        Assert.Equal((409, "https://example.test/problems/payment-state"), (Bench.ResultOf(other).StatusCode, Bench.ProblemOf(other).Type));
        Assert.Equal(4, (await LedgerAsync(captured)).Count);
    }

    // Guards the look at the payment before the gateway is asked again: a refund that fails at once would be made twice.
    [Fact]
    public async Task What_the_gateway_refuses_is_asked_for_once_and_told()
    {
        RefusingGateway? gateway = null;
        using var bench = new Bench(inner => gateway = new RefusingGateway(inner));
        var authorized = await bench.CreatedAsync(Bench.Command(capture: false));

        var refused = await bench.CaptureAsync(authorized.Id, "c-1");

        Assert.Equal((409, "https://example.test/problems/payment-state"), (Bench.ResultOf(refused).StatusCode, Bench.ProblemOf(refused).Type));
        Assert.Equal(1, gateway!.Asked);
        Assert.Equal(409, Bench.ResultOf(await bench.CaptureAsync(authorized.Id, "c-2")).StatusCode);
        Assert.Equal(2, gateway.Asked);
    }

    [Fact]
    public async Task What_the_state_does_not_allow_is_409_and_asks_the_gateway_nothing()
    {
        var authorized = await _bench.CreatedAsync(Bench.Command(capture: false), "k-1");
        var captured = await _bench.CreatedAsync(Bench.Command(), "k-2");

        Assert.Equal(409, Bench.ResultOf(await _bench.RefundAsync(authorized.Id, "r-1")).StatusCode);
        Assert.Equal(409, Bench.ResultOf(await _bench.CaptureAsync(captured.Id, "c-1")).StatusCode);
        Assert.Equal([GatewayChargeStatus.Authorized, GatewayChargeStatus.Captured], (await _bench.ChargesAsync()).Select(charge => charge.Status).Order());
    }

    [Fact]
    public async Task A_payment_that_is_not_there_is_404()
    {
        var outcome = await _bench.CaptureAsync("pay_00AAAAAAAAAAAAAAAAAAAAAA", "c-1");

        Assert.Equal(404, Bench.ResultOf(outcome).StatusCode);
    }

    [Fact]
    public async Task Two_keys_that_capture_one_payment_at_once_are_one_capture()
    {
        // Both ask the gateway before either commits. Guards the version in PaymentRow.ToReplace and the outside key that names the payment's step.
        PausingGateway? gateway = null;
        using var bench = new Bench(inner => gateway = new PausingGateway(inner, callers: 2));
        var payment = await bench.CreatedAsync(Bench.Command(capture: false));

        var outcomes = await Task.WhenAll(bench.CaptureAsync(payment.Id, "c-1"), bench.CaptureAsync(payment.Id, "c-2"));

        Assert.Equal([200, 409], outcomes.Select(outcome => Bench.ResultOf(outcome).StatusCode).Order());
        Assert.Equal([$"{payment.Id}.capture", $"{payment.Id}.capture"], gateway!.CaptureKeys);
        Assert.Equal(GatewayChargeStatus.Captured, Assert.Single(await bench.ChargesAsync()).Status);
        Assert.True(PaymentId.TryParse(payment.Id, out var id));
        Assert.Equal(2, (await bench.Reader.ListLedgerAsync(Bench.Merchant, id, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_late_capture_of_a_payment_that_was_captured_and_refunded_meanwhile_is_409()
    {
        // The late one has read "authorized" already; the gateway refuses it, and a second look tells why.
        LateGateway? late = null;
        using var bench = new Bench(inner => late = new LateGateway(inner));
        var payment = await bench.CreatedAsync(Bench.Command(capture: false));
        late!.BeforeFirstCapture = async () =>
        {
            Assert.Equal(200, Bench.ResultOf(await bench.CaptureAsync(payment.Id, "c-2")).StatusCode);
            Assert.Equal(200, Bench.ResultOf(await bench.RefundAsync(payment.Id, "r-1")).StatusCode);
        };

        var outcome = await bench.CaptureAsync(payment.Id, "c-1");

        Assert.Equal(409, Bench.ResultOf(outcome).StatusCode);
        Assert.Contains("refunded", Bench.ProblemOf(outcome).Detail, StringComparison.Ordinal);
        Assert.Equal(GatewayChargeStatus.Refunded, Assert.Single(await bench.ChargesAsync()).Status);
    }

    [Fact]
    public async Task A_charge_that_the_gateway_let_go_is_told_with_the_gateways_reason()
    {
        var payment = await _bench.CreatedAsync(Bench.Command(capture: false));
        await _bench.Gateway.VoidAsync(payment.GatewayReference, "v-1", CancellationToken.None);

        var outcome = await _bench.CaptureAsync(payment.Id, "c-1");

        Assert.Equal(409, Bench.ResultOf(outcome).StatusCode);
        Assert.Contains("voided", Bench.ProblemOf(outcome).Detail, StringComparison.Ordinal);
        Assert.Empty(await LedgerAsync(payment));
    }

    private Task<IReadOnlyList<LedgerEntry>> LedgerAsync(Payment payment)
    {
        Assert.True(PaymentId.TryParse(payment.Id, out var id));
        return _bench.Reader.ListLedgerAsync(Bench.Merchant, id, CancellationToken.None);
    }
}
