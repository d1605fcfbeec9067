using Microsoft.Extensions.Time.Testing;
using Payments.Gateway;
using Payments.Gateway.Stripe;
using TestDoubles.Stripe;
using ChargeOutcome = Payments.Gateway.ChargeOutcome;

namespace Payments.Tests.Stripe;

/// <summary>Charges at Stripe that were on their way when something else happened: each of them is made once or, when it was prevented, not at all.</summary>
public sealed class StripeLateChargeTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly StripeAtTheBoundary _stripe;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StripeLateChargeTests() => _stripe = new StripeAtTheBoundary(_time);

    private ChargeRequest Request => new("stable-1", "acct-1", 1250, "EUR", "pm_card_visa", Capture: true, _time.GetUtcNow());

    public void Dispose() => _stripe.Dispose();

    [Theory]
    [InlineData("POST payment_intents", false)]
    [InlineData("POST payment_intents", true)]
    [InlineData("POST payment_intents/pi_1/confirm", false)]
    public async Task A_charge_that_stalled_before_it_was_confirmed_is_not_made_once_it_was_prevented(string call, bool onTheWayBack)
    {
        var request = Request;
        var late = StallAt(call, onTheWayBack, gateway => gateway.ChargeAsync(request, default));
        await _held.Task;

        Assert.IsType<PreventOutcome.Prevented>(await Gateway().PreventAsync(request, default));
        _goesOn.SetResult();

        Assert.IsType<ChargeOutcome.Prevented>(await late);
        Assert.Equal(["canceled"], _stripe.Statuses);
        Assert.IsType<PreventOutcome.Prevented>(await Gateway().PreventAsync(request, default));
    }

    [Fact]
    public async Task A_charge_whose_reply_is_on_its_way_can_not_be_prevented_and_is_shown()
    {
        var request = Request;
        var late = StallAt("POST payment_intents/pi_1/confirm", onTheWayBack: true, gateway => gateway.ChargeAsync(request, default));
        await _held.Task;

        var charged = Assert.IsType<PreventOutcome.Charged>(await Gateway().PreventAsync(request, default));
        Assert.Equal(("pi_1", GatewayChargeStatus.Captured, 1250), (charged.Charge.Reference, charged.Charge.Status, charged.Charge.Amount));
        _goesOn.SetResult();

        Assert.IsType<ChargeOutcome.Charged>(await late);
        Assert.Equal(["succeeded"], _stripe.Statuses);
    }

    [Fact]
    public async Task A_reservation_that_can_be_let_go_is_prevented()
    {
        var request = Request with { Capture = false };
        Assert.IsType<ChargeOutcome.Charged>(await Gateway().ChargeAsync(request, default));

        Assert.IsType<PreventOutcome.Prevented>(await Gateway().PreventAsync(request, default));
        Assert.Equal(["canceled"], _stripe.Statuses);
    }

    [Fact]
    public async Task A_no_is_final_also_for_an_attempt_that_was_on_its_way()
    {
        var request = Request;
        var late = StallAt("POST payment_intents/pi_1/confirm", onTheWayBack: false, gateway => gateway.ChargeAsync(request, default));
        await _held.Task;
        _stripe.Declines = 1;

        Assert.Equal("card_declined", Assert.IsType<ChargeOutcome.Declined>(await Gateway().ChargeAsync(request, default)).Code);
        _goesOn.SetResult();

        Assert.IsType<ChargeOutcome.Declined>(await late);
        Assert.Equal(["canceled"], _stripe.Statuses);
    }

    [Theory]
    [InlineData("POST payment_intents")]
    [InlineData("POST payment_intents/pi_1/confirm")]
    [InlineData("POST payment_intents/pi_1/cancel")]
    public async Task A_reply_that_is_lost_anywhere_leaves_one_intent_and_the_same_end(string call)
    {
        _stripe.Declines = call.EndsWith("cancel", StringComparison.Ordinal) ? 1 : 0;
        _stripe.OnTheWayBack = line =>
        {
            if (line == call)
            {
                _stripe.OnTheWayBack = null;
                throw new HttpRequestException("The connection was reset.");
            }

            return Task.CompletedTask;
        };

        var request = Request;
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => Gateway().ChargeAsync(request, default));
        var again = await Gateway().ChargeAsync(request, default);

        if (call.EndsWith("cancel", StringComparison.Ordinal))
        {
            Assert.IsType<ChargeOutcome.Declined>(again);
        }
        else
        {
            Assert.Equal("pi_1", Assert.IsType<ChargeOutcome.Charged>(again).Charge.Reference);
        }

        Assert.Single(_stripe.Statuses);
    }

    [Fact]
    public async Task A_decline_whose_cancel_never_reached_Stripe_is_declined_at_the_next_attempt()
    {
        _stripe.Declines = 2;
        _stripe.OnTheWay = line => line.EndsWith("cancel", StringComparison.Ordinal) ? throw new HttpRequestException("No route.") : Task.CompletedTask;
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => Gateway().ChargeAsync(Request, default));

        _stripe.OnTheWay = null;
        Assert.IsType<ChargeOutcome.Declined>(await Gateway().ChargeAsync(Request, default));
        Assert.Equal(["canceled"], _stripe.Statuses);
    }

    // Guards the search of old requests: without it the repeated call would make and charge a second intent.
    [Fact]
    public async Task After_Stripe_forgot_the_key_a_charge_is_found_and_not_made_again()
    {
        var request = Request;
        Assert.IsType<ChargeOutcome.Charged>(await Gateway().ChargeAsync(request, default));
        _time.Advance(TimeSpan.FromHours(25));

        Assert.Equal("pi_1", Assert.IsType<ChargeOutcome.Charged>(await Gateway().ChargeAsync(request, default)).Charge.Reference);
        Assert.IsType<PreventOutcome.Charged>(await Gateway().PreventAsync(request, default));
        Assert.Equal(["succeeded"], _stripe.Statuses);
    }

    private async Task<ChargeOutcome> StallAt(string call, bool onTheWayBack, Func<StripePaymentGateway, Task<ChargeOutcome>> charge)
    {
        async Task HoldAsync(string line)
        {
            if (line == call && _held.TrySetResult())
            {
                await _goesOn.Task;
            }
        }

        if (onTheWayBack)
        {
            _stripe.OnTheWayBack = HoldAsync;
        }
        else
        {
            _stripe.OnTheWay = HoldAsync;
        }

        return await charge(Gateway());
    }

    private StripePaymentGateway Gateway() => Gateways.Over(_stripe, _time);
}
