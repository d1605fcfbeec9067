using Microsoft.Extensions.Time.Testing;
using Payments.Gateway;
using Payments.Gateway.Stripe;
using Stripe;
using TestDoubles.Stripe;
using ChargeOutcome = Payments.Gateway.ChargeOutcome;

namespace Payments.Tests.Stripe;

/// <summary>
/// Of several intents that one key has, made behind stored failures, one at most takes the money: also where an attempt that stalled goes on with another one than the search finds, and
/// where the search says how it was a minute ago.
/// </summary>
public sealed class StripeSeveralIntentsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly StripeAtTheBoundary _stripe;
    private readonly StripePaymentGateway _gateway;
    private readonly ChargeRequest _request;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StripeSeveralIntentsTests()
    {
        _stripe = new StripeAtTheBoundary(_time);
        _gateway = Gateways.Over(_stripe, _time);
        _request = new ChargeRequest("stable-1", "acct-1", 1250, "EUR", "pm_card_visa", Capture: true, _time.GetUtcNow());
    }

    public void Dispose() => _stripe.Dispose();

    // Guards that the last one made is chosen, and where nobody can tell which one that is, that the others are cancelled first.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task An_attempt_that_stalled_before_it_confirmed_charges_nothing_besides_the_one_that_was_found(int secondsBetween)
    {
        var late = await StallBehindAStoredFailureAsync(secondsBetween);
        _time.Advance(TimeSpan.FromHours(25));

        Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(_request, default));
        _goesOn.SetResult();

        await late;
        Assert.Single(_stripe.Statuses, "succeeded");
        Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(_request, default));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(_request, default));
        Assert.Single(_stripe.Statuses, "succeeded");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task An_attempt_that_stalled_before_it_confirmed_charges_nothing_once_it_was_prevented(int secondsBetween)
    {
        var late = await StallBehindAStoredFailureAsync(secondsBetween);
        _time.Advance(TimeSpan.FromHours(25));

        Assert.IsType<PreventOutcome.Prevented>(await _gateway.PreventAsync(_request, default));
        _goesOn.SetResult();

        Assert.IsType<ChargeOutcome.Prevented>(await late);
        Assert.DoesNotContain("succeeded", _stripe.Statuses);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.IsType<ChargeOutcome.Prevented>(await _gateway.ChargeAsync(_request, default));
    }

    // Guards the look at an intent that could not be cancelled or confirmed: the search still shows it as it was before.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_charge_that_the_search_does_not_show_yet_is_the_charge(int secondsBetween)
    {
        var late = await StallBehindAStoredFailureAsync(secondsBetween);
        _time.Advance(TimeSpan.FromHours(25));
        _goesOn.SetResult();
        var charged = Assert.IsType<ChargeOutcome.Charged>(await late).Charge;
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(charged.Reference, Assert.IsType<ChargeOutcome.Charged>(await _gateway.ChargeAsync(_request, default)).Charge.Reference);
        Assert.Equal(charged.Reference, Assert.IsType<PreventOutcome.Charged>(await _gateway.PreventAsync(_request, default)).Charge.Reference);
        Assert.Single(_stripe.Statuses, "succeeded");
    }

    // Guards the exclusion of idempotency_error: taken for a stored failure, it would lead on to another name and to a second intent.
    [Fact]
    public async Task A_key_that_was_used_for_another_amount_leads_to_no_other_name()
    {
        await _gateway.ChargeAsync(_request, default);

        await Assert.ThrowsAsync<StripeException>(() => _gateway.ChargeAsync(_request with { Amount = 1300 }, default));
        Assert.Equal(["succeeded"], _stripe.Statuses);
    }

    /// <summary>Two intents that can be confirmed, and an attempt that is about to confirm the second one.</summary>
    private async Task<Task<ChargeOutcome>> StallBehindAStoredFailureAsync(int secondsBetween)
    {
        _stripe.FailAt("POST payment_intents", StripeFailure.AfterItsEffect);
        await Assert.ThrowsAsync<GatewayUnavailableException>(() => _gateway.ChargeAsync(_request, default));
        _time.Advance(TimeSpan.FromSeconds(secondsBetween));
        _stripe.OnTheWay = line =>
        {
            if (line == "POST payment_intents/pi_2/confirm" && _held.TrySetResult())
            {
                return _goesOn.Task;
            }

            return Task.CompletedTask;
        };
        var late = _gateway.ChargeAsync(_request, default);
        await _held.Task;
        Assert.Equal(["requires_confirmation", "requires_confirmation"], _stripe.Statuses);
        return late;
    }
}
