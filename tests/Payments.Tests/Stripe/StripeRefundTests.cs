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
    public async Task A_refund_is_asked_for_in_one_call_and_done_once()
    {
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Single(_stripe.Lines, "POST refunds");

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
        Assert.Equal(["failed"], _stripe.Refunds);
    }

    // Guards the look at the list: what has gone through at once is the rest of the whole, and the other part is still on its way.
    [Theory]
    [InlineData("pending")]
    [InlineData("succeeded")]
    public async Task A_part_that_was_given_back_by_hand_belongs_to_the_whole(string status)
    {
        _stripe.RefundByHand(500, status);
        Assert.Contains("no refund of the whole", Assert.IsType<TransitionOutcome.Refused>(await _gateway.FindRefundAsync("pi_1", default)).Reason, StringComparison.Ordinal);

        var outcome = await RefundAsync();
        if (status == "pending")
        {
            Assert.Contains("re_1 is pending", Assert.IsType<TransitionOutcome.Pending>(outcome).Reason, StringComparison.Ordinal);
        }
        else
        {
            Assert.IsType<TransitionOutcome.Done>(outcome);
        }

        Assert.Equal([status, "succeeded"], _stripe.Refunds);
    }

    // Guards the paging, and the sum over all of it.
    [Fact]
    public async Task A_whole_that_was_given_back_in_more_parts_than_a_page_has_is_done()
    {
        for (var part = 0; part < 125; part++)
        {
            _stripe.RefundByHand(10, "succeeded");
        }

        Assert.IsType<TransitionOutcome.Done>(await _gateway.FindRefundAsync("pi_1", default));
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal(125, _stripe.Refunds.Count);
    }

    [Fact]
    public async Task Of_several_that_came_to_nothing_the_last_one_says_why()
    {
        _stripe.RefundByHand(1250, "canceled");
        _time.Advance(TimeSpan.FromMinutes(1));
        _stripe.RefundByHand(1250, "failed");

        Assert.Contains("is failed", Assert.IsType<TransitionOutcome.Refused>(await _gateway.FindRefundAsync("pi_1", default)).Reason, StringComparison.Ordinal);
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
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal(["succeeded"], _stripe.Refunds);
    }

    // Guards that a refusal uses up no name: a refund that was refused often is made all the same once it can be, by the next one who asks.
    [Theory]
    [InlineData(0)]
    [InlineData(61)]
    public async Task However_often_a_refund_was_refused_it_is_made_once_it_can_be(int seconds)
    {
        _stripe.Balance = 0;
        for (var asked = 0; asked < 30; asked++)
        {
            Assert.Contains("balance_insufficient", Assert.IsType<TransitionOutcome.Refused>(await RefundAsync()).Reason, StringComparison.Ordinal);
            _time.Advance(TimeSpan.FromSeconds(seconds));
        }

        _stripe.Balance = long.MaxValue;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal(["succeeded"], _stripe.Refunds);
    }

    [Fact]
    public async Task However_often_a_refund_failed_at_once_it_is_made_once_it_can_be_and_asked_for_once_each_time()
    {
        _stripe.RefundsBegin = "failed";
        for (var asked = 1; asked <= 12; asked++)
        {
            Assert.Contains("is failed", Assert.IsType<TransitionOutcome.Refused>(await RefundAsync()).Reason, StringComparison.Ordinal);
            Assert.Equal(asked, _stripe.Refunds.Count);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        _stripe.RefundsBegin = "succeeded";
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Single(_stripe.Refunds, "succeeded");
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
    public async Task Where_Stripe_repeats_a_failure_of_this_second_too_the_outcome_is_unknown_until_the_next()
    {
        for (var failed = 0; failed < 2; failed++)
        {
            _stripe.FailAt("POST refunds", StripeFailure.BeforeItsEffect);
            await Assert.ThrowsAsync<GatewayUnavailableException>(RefundAsync);
        }

        Assert.Contains("ask again", (await Assert.ThrowsAsync<GatewayUnavailableException>(RefundAsync)).Message, StringComparison.Ordinal);
        Assert.Empty(_stripe.Refunds);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<TransitionOutcome.Done>(await RefundAsync());
        Assert.Equal(["succeeded"], _stripe.Refunds);
    }

    private Task<TransitionOutcome> RefundAsync() => _gateway.RefundAsync("pi_1", Key, default);
}
