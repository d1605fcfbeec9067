using Microsoft.Extensions.Time.Testing;
using Payments.Gateway;
using Payments.Gateway.Stripe;
using TestDoubles.Stripe;

namespace Payments.Tests.Stripe;

/// <summary>What failed once under a key is repeated by Stripe for a day: the next attempt gets on all the same, and nothing happens twice.</summary>
public sealed class StripeStoredFailureTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly StripeAtTheBoundary _stripe;
    private readonly StripePaymentGateway _gateway;
    private readonly ChargeRequest _reservation;

    public StripeStoredFailureTests()
    {
        _stripe = new StripeAtTheBoundary(_time);
        _gateway = Gateways.Over(_stripe, _time);
        _reservation = new ChargeRequest("stable-1", "acct-1", 1250, "EUR", "pm_card_visa", Capture: false, _time.GetUtcNow());
    }

    public static TheoryData<StripeFailure> Failures { get; } = [.. Enum.GetValues<StripeFailure>()];

    public void Dispose() => _stripe.Dispose();

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_charge_gets_on_after_a_failure_to_make_its_intent(StripeFailure failure)
    {
        var request = _reservation with { Capture = true };
        _stripe.FailAt("POST payment_intents", failure);
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.ChargeAsync(request, default));

        var charged = Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(request, default));
        Assert.Equal(charged.Charge, Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(request, default)).Charge);
        Assert.Equal(charged.Charge, Assert.IsType<PreventOutcome.Charged>(await _gateway.PreventAsync(request, default)).Charge);
        Assert.Single(_stripe.Statuses, "succeeded");
    }

    [Fact]
    public async Task A_charge_gets_on_after_several_failures_and_is_found_when_the_keys_are_forgotten()
    {
        var request = _reservation with { Capture = true };
        for (var failed = 0; failed < 3; failed++)
        {
            _stripe.FailAt("POST payment_intents", StripeFailure.AfterItsEffect);
            await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.ChargeAsync(request, default));
        }

        var charged = Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(request, default));
        _time.Advance(TimeSpan.FromHours(25));

        Assert.Equal(charged.Charge, Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(request, default)).Charge);
        Assert.Equal(["requires_confirmation", "requires_confirmation", "requires_confirmation", "succeeded"], _stripe.Statuses);
    }

    // Guards that no later name is used short of the search, which lags, and of the moment at which the first name is forgotten: whoever comes next would charge another intent.
    [Theory]
    [InlineData(StripeFailure.AfterItsEffect, 23)]
    [InlineData(StripeFailure.AfterItsEffect, 24)]
    [InlineData(StripeFailure.BeforeItsEffect, 23)]
    [InlineData(StripeFailure.BeforeItsEffect, 24)]
    public async Task A_charge_whose_reply_is_lost_shortly_before_the_keys_are_forgotten_is_made_once(StripeFailure failure, int hours)
    {
        var request = _reservation with { Capture = true };
        _stripe.FailAt("POST payment_intents", failure);
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.ChargeAsync(request, default));

        _time.Advance(TimeSpan.FromHours(hours) - TimeSpan.FromSeconds(30));
        _stripe.OnTheWayBack = line => line.EndsWith("/confirm", StringComparison.Ordinal) ? throw new HttpRequestException("The connection was reset.") : Task.CompletedTask;
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.ChargeAsync(request, default));
        _stripe.OnTheWayBack = null;

        _time.Advance(TimeSpan.FromSeconds(40));
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await TryChargeAsync(request);
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Single(_stripe.Statuses, "succeeded");
    }

    [Theory]
    [InlineData(StripeFailure.AfterItsEffect)]
    [InlineData(StripeFailure.BeforeItsEffect)]
    public async Task A_charge_that_was_prevented_shortly_before_the_keys_are_forgotten_stays_so(StripeFailure failure)
    {
        var request = _reservation with { Capture = true };
        _stripe.FailAt("POST payment_intents", failure);
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.ChargeAsync(request, default));

        _time.Advance(TimeSpan.FromHours(23) - TimeSpan.FromSeconds(30));
        await TryChargeAsync(request);
        _time.Advance(TimeSpan.FromSeconds(40));

        var isPrevented = false;
        try
        {
            isPrevented = await _gateway.PreventAsync(request, default) is PreventOutcome.Prevented;
        }
        catch (GatewayUnavailableException)
        {
        }

        Assert.False(isPrevented && _stripe.Statuses.Contains("succeeded"), "It was told to be prevented, and charged.");
    }

    // Guards the order in which found intents are chosen: any other one than the cancelled could still be confirmed.
    [Fact]
    public async Task A_charge_that_was_prevented_behind_a_stored_failure_stays_so_when_the_keys_are_forgotten()
    {
        _stripe.FailAt("POST payment_intents", StripeFailure.AfterItsEffect);
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.ChargeAsync(_reservation, default));
        Assert.IsType<PreventOutcome.Prevented>(await _gateway.PreventAsync(_reservation, default));
        _time.Advance(TimeSpan.FromHours(25));

        Assert.IsType<ChargeOutcome.Prevented>(await _gateway.ChargeAsync(_reservation, default));
        Assert.Equal(["requires_confirmation", "canceled"], _stripe.Statuses);
    }

    // A failure that may not be stored moves nobody on: the request could still be about to happen under its first name.
    [Fact]
    public async Task A_request_that_is_still_at_work_is_waited_for_and_not_made_under_another_name()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goesOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stripe.AtWork = line =>
        {
            _stripe.AtWork = null;
            held.SetResult();
            return goesOn.Task;
        };
        var first = _gateway.ChargeAsync(_reservation, default);
        await held.Task;

        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.ChargeAsync(_reservation, default));
        goesOn.SetResult();

        var charge = Assert.IsType<ChargeOutcome.Charged>(await first).Charge;
        Assert.Equal(charge, Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(_reservation, default)).Charge);
        Assert.Equal(["requires_capture"], _stripe.Statuses);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_capture_gets_on_after_a_failure(StripeFailure failure)
    {
        await _gateway.ChargeAsync(_reservation, default);
        _stripe.FailAt("POST payment_intents/pi_1/capture", failure);
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.CaptureAsync("pi_1", "pay_1.capture", default));

        Assert.IsType<TransitionOutcome.Done>(await _gateway.CaptureAsync("pi_1", "pay_1.capture", default));
        Assert.IsType<TransitionOutcome.Done>(await _gateway.CaptureAsync("pi_1", "pay_1.capture", default));
        Assert.Equal(["succeeded"], _stripe.Statuses);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_release_gets_on_after_a_failure(StripeFailure failure)
    {
        await _gateway.ChargeAsync(_reservation, default);
        _stripe.FailAt("POST payment_intents/pi_1/cancel", failure);
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.VoidAsync("pi_1", "pay_1.void", default));

        Assert.IsType<TransitionOutcome.Done>(await _gateway.VoidAsync("pi_1", "pay_1.void", default));
        Assert.IsType<TransitionOutcome.Refused>(await _gateway.CaptureAsync("pi_1", "pay_1.capture", default));
        Assert.Equal(["canceled"], _stripe.Statuses);
    }

    [Fact]
    public async Task A_capture_of_a_part_by_somebody_else_is_refused_with_both_amounts()
    {
        await _gateway.ChargeAsync(_reservation, default);
        _stripe.CaptureByHand(500);

        Assert.Contains("500 of 1250 EUR", Assert.IsType<TransitionOutcome.Refused>(await _gateway.CaptureAsync("pi_1", "pay_1.capture", default)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_charge_of_another_amount_than_was_asked_for_is_not_taken_for_it()
    {
        _stripe.OnTheWay = line =>
        {
            if (line == "POST payment_intents/pi_1/confirm")
            {
                _stripe.CaptureByHand(500);
            }

            return Task.CompletedTask;
        };

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => _gateway.ChargeAsync(_reservation with { Capture = true }, default));
        Assert.Contains("500 of 1250 eur, and 1250 EUR was asked for", fault.Message, StringComparison.Ordinal);
    }

    private async Task TryChargeAsync(ChargeRequest request)
    {
        try
        {
            await _gateway.ChargeAsync(request, default);
        }
        catch (GatewayUnavailableException)
        {
        }
    }
}
