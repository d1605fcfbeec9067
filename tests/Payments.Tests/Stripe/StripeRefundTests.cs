using Microsoft.Extensions.Time.Testing;
using Payments.Gateway;
using Payments.Gateway.Stripe;
using TestDoubles.Stripe;

namespace Payments.Tests.Stripe;

/// <summary>A refund is done when the money has gone back, not when Stripe has taken it.</summary>
public sealed class StripeRefundTests : IDisposable, IAsyncLifetime
{
    private const string Key = "pay_1.refund";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly StripeAtTheBoundary _stripe;
    private readonly StripePaymentGateway _gateway;

    public StripeRefundTests()
    {
        _stripe = new StripeAtTheBoundary(_time);
        _gateway = Gateways.Over(_stripe, _time);
    }

    public static TheoryData<StripeFailure> Failures { get; } = [.. Enum.GetValues<StripeFailure>()];

    public Task InitializeAsync() => _gateway.ChargeAsync(new ChargeRequest("stable-1", "acct-1", 1250, "EUR", "pm_card_visa", Capture: true, _time.GetUtcNow()), default);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _stripe.Dispose();

    [Fact]
    public async Task A_refund_is_one_call_and_done_once()
    {
        var before = _stripe.Lines.Count;
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal(before + 1, _stripe.Lines.Count);

        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        _time.Advance(TimeSpan.FromHours(25));
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal(["succeeded"], _stripe.Refunds);
    }

    [Theory]
    [InlineData("pending")]
    [InlineData("requires_action")]
    public async Task A_refund_that_is_not_decided_is_not_done(string status)
    {
        _stripe.RefundsBegin = status;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            Assert.Contains($"re_1 is {status}", Assert.IsType<TransitionOutcome.Pending>(await RefundAsync()).Reason, StringComparison.Ordinal);
            Assert.IsType<TransitionOutcome.Pending>(await _gateway.FindRefundAsync("pi_1", default));
        }

        _stripe.EndRefund("succeeded");
        Assert.IsType<TransitionOutcome.Done>(await _gateway.FindRefundAsync("pi_1", default));
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal(["succeeded"], _stripe.Refunds);
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("canceled")]
    public async Task A_refund_that_came_to_nothing_is_made_anew(string end)
    {
        _stripe.RefundsBegin = "pending";
        Assert.IsType<TransitionOutcome.Pending>(await RefundAsync());
        _stripe.EndRefund(end);
        Assert.Contains(end, Assert.IsType<TransitionOutcome.Refused>(await _gateway.FindRefundAsync("pi_1", default)).Reason, StringComparison.Ordinal);
        Assert.Equal([end], _stripe.Refunds);

        _stripe.RefundsBegin = "succeeded";
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal([end, "succeeded"], _stripe.Refunds);
    }

    [Fact]
    public async Task A_refund_that_fails_at_once_is_refused_with_its_reason()
    {
        _stripe.RefundsBegin = "failed";

        Assert.Contains("failed (declined)", Assert.IsType<TransitionOutcome.Refused>(await RefundAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refund_that_was_told_as_done_and_failed_later_is_not_done()
    {
        await RefundAsync();
        _stripe.EndRefund("failed");
        _stripe.RefundsBegin = "pending";

        Assert.IsType<TransitionOutcome.Pending>(await RefundAsync());
        Assert.Equal(["failed", "pending"], _stripe.Refunds);
    }

    [Fact]
    public async Task A_refund_that_was_refused_for_want_of_balance_is_made_once_there_is_some()
    {
        _stripe.Balance = 0;
        Assert.Contains("balance_insufficient", Assert.IsType<TransitionOutcome.Refused>(await RefundAsync()).Reason, StringComparison.Ordinal);
        Assert.IsType<TransitionOutcome.Refused>(await RefundAsync());

        _stripe.Balance = long.MaxValue;
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal(["succeeded"], _stripe.Refunds);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_refund_gets_on_after_a_failure(StripeFailure failure)
    {
        _stripe.FailAt("POST refunds", failure);
        await Assert.ThrowsAsync<GatewayUnavailableException>(RefundAsync);

        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal(["succeeded"], _stripe.Refunds);
    }

    [Fact]
    public async Task A_refund_that_stalled_on_its_way_finds_what_was_done_meanwhile()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goesOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stripe.OnTheWay = line =>
        {
            _stripe.OnTheWay = null;
            held.SetResult();
            return goesOn.Task;
        };
        var late = RefundAsync();
        await held.Task;

        // Pending and failed and made again, under another name than the one that is on its way.
        _stripe.RefundsBegin = "pending";
        Assert.IsType<TransitionOutcome.Pending>(await RefundAsync());
        _stripe.EndRefund("failed");
        _stripe.RefundsBegin = "succeeded";
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        goesOn.SetResult();

        Assert.IsType<TransitionOutcome.Done>(await late);
        Assert.Equal(["failed", "succeeded"], _stripe.Refunds);
    }

    [Fact]
    public async Task Where_every_name_of_the_key_has_a_stored_failure_the_outcome_is_unknown_and_nothing_is_made()
    {
        for (var name = 0; name <= StripeRepeats.MaxNames; name++)
        {
            _stripe.FailAt("POST refunds", StripeFailure.BeforeItsEffect);
            await Assert.ThrowsAsync<GatewayUnavailableException>(RefundAsync);
        }

        Assert.Contains("every name", (await Assert.ThrowsAsync<GatewayUnavailableException>(RefundAsync)).Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromHours(24));
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal(["succeeded"], _stripe.Refunds);
    }

    private Task<TransitionOutcome> RefundAsync() => _gateway.RefundAsync("pi_1", Key, default);
}
