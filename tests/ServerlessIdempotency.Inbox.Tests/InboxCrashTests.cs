using TestDoubles.Outbox;

namespace ServerlessIdempotency.Inbox.Tests;

/// <summary>Laws 4 and 9 for messages: the consumer dies before or after every call, and the broker delivers again.</summary>
public sealed class InboxCrashTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Whenever_the_consumer_dies_the_event_is_applied_once_and_its_receipt_sent_once(bool after, bool sweeperComes)
    {
        for (var call = 1; ; call++)
        {
            var fixture = new InboxFixture();
            var first = fixture.Outside.NewInstance();
            first.Gate.DieAtCall(call, after);
            await ConsumeAsync(fixture, first, deliveryCount: 1);
            if (!first.Gate.IsDead)
            {
                Assert.True(call > 6, $"only {call} calls were found to die at");
                break;
            }

            await ConsumeAsync(fixture, fixture.Outside.NewInstance(), deliveryCount: 2);
            if (sweeperComes)
            {
                fixture.Outside.Time.Advance(fixture.Outside.Options.SweepAfter);
                await fixture.Outside.NewInstance().Sweeper.SweepAsync(default);
            }

            // Guards the flush of a duplicate in MessageInbox.IsApplied: the redelivery alone must do, without a sweeper.
            Assert.Equal(5, await fixture.BalanceAsync());
            Assert.Equal(["receipt e1"], fixture.Outside.Broker.DistinctBodies);
            Assert.Empty(await fixture.Outside.UnsentAsync());
        }
    }

    private static async Task ConsumeAsync(InboxFixture fixture, AppInstance app, int deliveryCount)
    {
        await app.Dispatcher.StartAsync(default);
        using var inbox = fixture.NewInbox(app);
        var outcome = await inbox.ApplyAsync(InboxFixture.Delivery("e1", 5, deliveryCount), InboxFixture.Account, fixture.AddTo(app.Store), default);
        await app.Dispatcher.DrainAsync(default);
        await app.Dispatcher.StopAsync(default);
        if (!app.Gate.IsDead)
        {
            Assert.IsType<Settlement.Complete>(outcome.ToSettlement());
        }
    }
}
