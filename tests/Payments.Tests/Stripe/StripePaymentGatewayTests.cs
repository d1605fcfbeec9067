using System.Net;
using System.Net.Sockets;
using Payments.Gateway;
using Payments.Gateway.Stripe;
using Stripe;
using ChargeOutcome = Payments.Gateway.ChargeOutcome;

namespace Payments.Tests.Stripe;

/// <summary>The gateway against the shapes of Stripe's API, at the HTTP boundary.</summary>
public sealed class StripePaymentGatewayTests
{
    private static readonly ChargeRequest Request = new("stable-1", "acct-1", 1250, "EUR", "pm_card_visa", Capture: true, DateTimeOffset.UtcNow);

    [Fact]
    public async Task A_charge_carries_our_stable_key_as_Stripes_idempotency_key()
    {
        var handler = new StripeHandler((HttpStatusCode.OK, Intent("requires_confirmation")), (HttpStatusCode.OK, Intent("succeeded")));

        var outcome = Assert.IsType<ChargeOutcome.Charged>(await Gateway(handler).ChargeAsync(Request, CancellationToken.None));

        Assert.Equal(("pi_1", "stable-1", "acct-1", 1250, "EUR", GatewayChargeStatus.Captured), (outcome.Charge.Reference, outcome.Charge.Key, outcome.Charge.AccountId, outcome.Charge.Amount, outcome.Charge.Currency, outcome.Charge.Status));
        Assert.Equal(["POST /v1/payment_intents", "POST /v1/payment_intents/pi_1/confirm"], handler.Sent.Select(sent => sent.Line));
        Assert.Equal("stable-1", handler.Sent[0].IdempotencyKey);
        foreach (var field in new[] { "amount=1250", "currency=eur", "payment_method=pm_card_visa", "capture_method=automatic", "metadata[stable_key]=stable-1" })
        {
            Assert.Contains(field, handler.Sent[0].Form, StringComparison.OrdinalIgnoreCase);
        }

        // Whatever confirms repeats no stored answer; and made unconfirmed, an intent charges nobody.
        Assert.NotEqual("stable-1", handler.Sent[1].IdempotencyKey);
        Assert.Contains("error_on_requires_action=true", handler.Sent[1].Form, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("confirm=", handler.Sent[0].Form, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reservation_is_a_manual_capture()
    {
        var handler = new StripeHandler((HttpStatusCode.OK, Intent("requires_confirmation")), (HttpStatusCode.OK, Intent("requires_capture")));

        var outcome = Assert.IsType<ChargeOutcome.Charged>(await Gateway(handler).ChargeAsync(Request with { Capture = false }, CancellationToken.None));

        Assert.Equal(GatewayChargeStatus.Authorized, outcome.Charge.Status);
        Assert.Contains("capture_method=manual", handler.Sent[0].Form, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_error_is_declined_with_its_code()
    {
        var handler = new StripeHandler(
            (HttpStatusCode.OK, Intent("requires_confirmation")),
            (HttpStatusCode.PaymentRequired, Error("card_error", "card_declined", declineCode: "insufficient_funds")),
            (HttpStatusCode.OK, Intent("canceled")));

        var outcome = Assert.IsType<ChargeOutcome.Declined>(await Gateway(handler).ChargeAsync(Request, CancellationToken.None));

        Assert.Equal("insufficient_funds", outcome.Code);
        Assert.Equal("POST /v1/payment_intents/pi_1/cancel", handler.Sent[2].Line);
    }

    [Fact]
    public async Task A_refused_parameter_is_invalid_and_names_our_field()
    {
        var handler = new StripeHandler((HttpStatusCode.BadRequest, Error("invalid_request_error", "resource_missing", parameter: "payment_method")));

        Assert.Equal("paymentMethod", Assert.IsType<ChargeOutcome.Invalid>(await Gateway(handler).ChargeAsync(Request, CancellationToken.None)).Field);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, "api_error", null)]
    [InlineData(HttpStatusCode.TooManyRequests, "invalid_request_error", "rate_limit")]
    [InlineData(HttpStatusCode.Conflict, "invalid_request_error", "idempotency_key_in_use")]
    [InlineData(HttpStatusCode.BadRequest, "invalid_request_error", "lock_timeout")]
    [InlineData(HttpStatusCode.Unauthorized, "invalid_request_error", null)]
    public async Task An_answer_that_settles_nothing_is_an_unknown_outcome(HttpStatusCode status, string type, string? code)
    {
        var handler = new StripeHandler((status, Error(type, code)));

        await Assert.ThrowsAsync<GatewayUnavailableException>(() => Gateway(handler).ChargeAsync(Request, CancellationToken.None));
    }

    public static TheoryData<Exception> LostConnections { get; } = [new HttpRequestException("The connection was reset."), new IOException("It broke."), new SocketException((int)SocketError.NotConnected)];

    [Theory]
    [MemberData(nameof(LostConnections), DisableDiscoveryEnumeration = true)]
    public async Task A_lost_connection_is_an_unknown_outcome(Exception failure)
    {
        var handler = new StripeHandler { Failure = failure };

        await Assert.ThrowsAsync<GatewayUnavailableException>(() => Gateway(handler).ChargeAsync(Request, CancellationToken.None));
    }

    [Fact]
    public async Task A_key_that_was_used_for_another_charge_is_our_fault_and_not_retried()
    {
        var handler = new StripeHandler((HttpStatusCode.BadRequest, Error("idempotency_error", null)));

        await Assert.ThrowsAsync<StripeException>(() => Gateway(handler).ChargeAsync(Request, CancellationToken.None));
    }

    [Fact]
    public async Task A_charge_that_Stripe_is_still_working_at_is_an_unknown_outcome_and_found_as_pending()
    {
        var handler = new StripeHandler(
            (HttpStatusCode.OK, Intent("requires_confirmation")),
            (HttpStatusCode.OK, Intent("processing")),
            (HttpStatusCode.OK, $$"""{"object":"search_result","data":[{{Intent("processing")}}]}"""));

        await Assert.ThrowsAsync<GatewayUnavailableException>(() => Gateway(handler).ChargeAsync(Request, CancellationToken.None));

        Assert.Equal(GatewayChargeStatus.Pending, (await Gateway(handler).FindAsync("acct-1", "stable-1", CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task A_charge_that_Stripe_is_still_working_at_can_not_be_prevented_yet()
    {
        var handler = new StripeHandler(
            (HttpStatusCode.OK, Intent("requires_confirmation")),
            (HttpStatusCode.BadRequest, Error("invalid_request_error", "payment_intent_unexpected_state")),
            (HttpStatusCode.OK, Intent("processing")));

        await Assert.ThrowsAsync<GatewayUnavailableException>(() => Gateway(handler).PreventAsync(Request, CancellationToken.None));
    }

    [Fact]
    public async Task A_capture_that_Stripe_refuses_since_it_is_done_already_is_done()
    {
        var handler = new StripeHandler((HttpStatusCode.BadRequest, Error("invalid_request_error", "payment_intent_unexpected_state")), (HttpStatusCode.OK, Intent("succeeded")));

        Assert.IsType<TransitionOutcome.Done>(await Gateway(handler).CaptureAsync("pi_1", "k", CancellationToken.None));
    }

    [Fact]
    public async Task A_capture_of_a_cancelled_intent_is_refused()
    {
        var handler = new StripeHandler((HttpStatusCode.BadRequest, Error("invalid_request_error", "payment_intent_unexpected_state")), (HttpStatusCode.OK, Intent("canceled")));

        Assert.IsType<TransitionOutcome.Refused>(await Gateway(handler).CaptureAsync("pi_1", "k", CancellationToken.None));
    }

    [Theory]
    [InlineData(1250, "EUR", 1250L)]
    [InlineData(500, "JPY", 500L)]
    [InlineData(500, "ISK", 50000L)]
    [InlineData(1000, "MGA", 10L)]
    [InlineData(1001, "MGA", null)]
    [InlineData(1230, "KWD", 1230L)]
    [InlineData(1234, "KWD", null)]
    [InlineData(long.MaxValue, "UGX", null)]
    public void Minor_units_of_ISO_4217_become_those_of_Stripe(long amount, string currency, long? stripe) =>
        Assert.Equal(stripe, StripeAmount.From(amount, currency));

    private static StripePaymentGateway Gateway(StripeHandler handler) => Gateways.Over(handler, TimeProvider.System);

    private static string Intent(string status)
    {
        var (received, capturable) = status switch
        {
            "succeeded" => (1250, 0),
            "requires_capture" => (0, 1250),
            _ => (0, 0),
        };
        return $$"""
            {"id":"pi_1","object":"payment_intent","status":"{{status}}","amount":1250,"amount_received":{{received}},"amount_capturable":{{capturable}},"currency":"eur",
            "created":1700000000,"metadata":{"stable_key":"stable-1","account_id":"acct-1"} }
            """;
    }

    private static string Error(string type, string? code, string? declineCode = null, string? parameter = null) =>
        $$"""{"error":{"type":"{{type}}"{{Member("code", code)}}{{Member("decline_code", declineCode)}}{{Member("param", parameter)}},"message":"Refused."} }""";

    private static string Member(string name, string? value) => value is null ? "" : $",\"{name}\":\"{value}\"";
}
