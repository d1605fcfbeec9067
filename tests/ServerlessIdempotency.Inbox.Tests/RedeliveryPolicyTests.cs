using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ServerlessIdempotency.Inbox.Tests;

public sealed class RedeliveryPolicyTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly RedeliveryPolicy _policy;

    public RedeliveryPolicyTests() => _policy = new RedeliveryPolicy(new InboxOptions(), _time, NullLogger<RedeliveryPolicy>.Instance);

    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 400)]
    [InlineData(4, 1_600)]
    [InlineData(9, 10_000)]
    [InlineData(1900, 10_000)]
    public void The_pause_doubles_up_to_its_limit(int deliveryCount, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), _policy.PauseAfter(deliveryCount));

    /// <summary>The first half of the deliveries comes soon; the rest waits for what is known to be in the way.</summary>
    [Theory]
    [InlineData(1, 50_000, 200)]
    [InlineData(5, 50_000, 3_200)]
    [InlineData(6, 50_000, 50_000)]
    [InlineData(9, 50_000, 50_000)]
    [InlineData(6, 1_000, 6_400)]
    [InlineData(6, 3_600_000, 60_000)]
    [InlineData(6, null, 6_400)]
    public void A_later_delivery_waits_until_it_is_worth_it(int deliveryCount, int? worthMilliseconds, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), _policy.PauseAfter(deliveryCount, worthMilliseconds is { } worth ? TimeSpan.FromMilliseconds(worth) : null));

    /// <summary>Another consumer has died with the event in hand: its lease ends before the deliveries do.</summary>
    [Fact]
    public async Task A_message_outlives_the_lease_of_a_consumer_that_died()
    {
        var leaseEnds = _time.GetUtcNow() + TimeSpan.FromMinutes(2);
        for (var delivery = 1; delivery <= 10; delivery++)
        {
            var consuming = _policy.ConsumeAsync(
                "orders",
                Message(delivery),
                _ => Task.FromResult(_time.GetUtcNow() < leaseEnds ? new InboxOutcome.InProgressElsewhere(leaseEnds - _time.GetUtcNow()).ToSettlement() : new Settlement.Complete()),
                default);
            while (!consuming.IsCompleted)
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
            }

            if (await consuming is Settlement.Complete)
            {
                return;
            }
        }

        Assert.Fail("It was given up.");
    }

    [Fact]
    public async Task A_failed_message_is_given_back_after_its_pause_with_what_failed()
    {
        var failure = new IOException("on fire");

        var consuming = _policy.ConsumeAsync("orders", Message(2), _ => throw failure, default);
        _time.Advance(TimeSpan.FromMilliseconds(399));
        Assert.False(consuming.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var abandon = Assert.IsType<Settlement.Abandon>(await consuming);
        Assert.Same(failure, abandon.Cause);
        Assert.Equal("IOException: on fire", abandon.Why);
    }

    // No pause: the clock stands still, so one would last for ever.
    [Fact]
    public async Task The_last_delivery_ends_among_the_dead_letters_at_once_with_what_failed()
    {
        var letter = Assert.IsType<Settlement.DeadLetter>(
            await _policy.ConsumeAsync("orders", Message(10), _ => throw new IOException("on fire"), default).WaitAsync(TimeSpan.FromMinutes(1)));

        Assert.Equal(RejectionReasons.DeliveriesExhausted, letter.Reason);
        Assert.Contains("10 of 10", letter.Description, StringComparison.Ordinal);
        Assert.Contains("on fire", letter.Description, StringComparison.Ordinal);
        Assert.IsType<IOException>(letter.Cause);
    }

    [Fact]
    public async Task A_settled_message_is_settled_so_without_a_pause()
    {
        var letter = new Settlement.DeadLetter("UnknownType", "Nobody knows it.");

        Assert.IsType<Settlement.Complete>(await _policy.ConsumeAsync("orders", Message(10), _ => Task.FromResult<Settlement>(new Settlement.Complete()), default));
        Assert.Same(letter, await _policy.ConsumeAsync("orders", Message(1), _ => Task.FromResult<Settlement>(letter), default));
    }

    [Fact]
    public async Task An_app_that_stops_gives_the_message_back_untouched_even_at_its_last_delivery()
    {
        using var stopping = new CancellationTokenSource();
        var pausing = _policy.ConsumeAsync("orders", Message(1), _ => Task.FromResult<Settlement>(new Settlement.Abandon()), stopping.Token);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pausing);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _policy.ConsumeAsync("orders", Message(10), _ => Task.FromResult<Settlement>(new Settlement.Abandon()), stopping.Token));
    }

    [Fact]
    public async Task A_batch_makes_one_pause_and_each_message_is_settled_as_it_was_told()
    {
        IReadOnlyList<Settlement> told = [new Settlement.Complete(), new Settlement.Abandon { Cause = new IOException("on fire") }, new Settlement.Release("behind it"), new Settlement.Abandon { Cause = new IOException("on fire") }];
        var consuming = _policy.ConsumeBatchAsync("orders", [Message(9), Message(3), Message(1), Message(10)], _ => Task.FromResult(told), default);
        _time.Advance(TimeSpan.FromMilliseconds(799));
        Assert.False(consuming.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var settlements = await consuming;
        Assert.Equal(told.Take(3), settlements.Take(3));
        Assert.Equal(RejectionReasons.DeliveriesExhausted, Assert.IsType<Settlement.DeadLetter>(settlements[3]).Reason);
    }

    [Fact]
    public async Task A_batch_that_stops_in_its_pause_is_settled_all_the_same()
    {
        using var stopping = new CancellationTokenSource();
        var consuming = _policy.ConsumeBatchAsync("orders", [Message(1), Message(1)], _ => Task.FromResult<IReadOnlyList<Settlement>>([new Settlement.Complete(), new Settlement.Abandon()]), stopping.Token);
        Assert.False(consuming.IsCompleted);
        await stopping.CancelAsync();
        Assert.IsType<Settlement.Complete>((await consuming)[0]);
    }

    [Fact]
    public async Task A_batch_consumer_that_throws_has_failed_the_first_of_each_session()
    {
        var consuming = _policy.ConsumeBatchAsync(
            "orders", [Message(1) with { SessionId = "s" }, Message(1) with { SessionId = "s" }, Message(1), Message(1)], _ => throw new IOException("on fire"), default);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["Abandon", "Release", "Abandon", "Abandon"], (await consuming).Select(settlement => settlement.GetType().Name));
    }

    private static InboundMessage Message(int deliveryCount) => new("{}"u8.ToArray()) { MessageId = "m-1", DeliveryCount = deliveryCount };
}
