using TestDoubles.Outbox;

namespace ServerlessIdempotency.Inbox.Tests.Batches;

/// <summary>Laws 4 and 9: the consumer of a batch dies before or after every call, also between two transactions, and the broker delivers again.</summary>
public sealed class BatchCrashTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whenever_the_consumer_dies_each_event_is_applied_once_and_its_receipt_sent_once(bool after)
    {
        for (var call = 1; ; call++)
        {
            var fixture = new BatchFixture();
            var first = fixture.NewInstance();
            first.Gate.DieAtCall(call, after);
            await ConsumeAsync(fixture, first, deliveryCount: 1);
            if (!first.Gate.IsDead)
            {
                Assert.True(call > 10, $"only {call} calls were found to die at");
                break;
            }

            await ConsumeAsync(fixture, fixture.NewInstance(), deliveryCount: 2);
            Assert.Equal(51 * 52 / 2, await fixture.Inbox.BalanceAsync());
            Assert.Equal(51, (await fixture.EntriesAsync()).Count);
            Assert.Equal(["receipt e1", "receipt e51"], fixture.Outside.Broker.DistinctBodies.Order(StringComparer.Ordinal));
            Assert.Empty(await fixture.Outside.UnsentAsync());
        }
    }

    // 51 events with a row each, one balance and two messages: 105 rows, so two transactions.
    private static async Task ConsumeAsync(BatchFixture fixture, AppInstance app, int deliveryCount)
    {
        await app.Dispatcher.StartAsync(default);
        try
        {
            var outcomes = await fixture.ApplyAsync(app, BatchFixture.Batch(51, deliveryCount: deliveryCount), ApplyAsync);
            await app.Dispatcher.DrainAsync(default);
            if (!app.Gate.IsDead)
            {
                Assert.All(outcomes, outcome => Assert.IsType<Settlement.Complete>(outcome.ToSettlement()));
            }
        }
        catch (ProcessDiedException)
        {
            // Nobody settles.
        }

        await app.Dispatcher.StopAsync(default);

        async Task<InboxDecision> ApplyAsync(InboxContext context, CancellationToken cancellationToken)
        {
            var apply = (InboxDecision.Apply)await fixture.AddAsync(context, cancellationToken);
            return apply with { Rows = [.. apply.Rows, BatchFixture.Entry(context)], Messages = InboxFixture.AmountOf(context) is 1 or 51 ? apply.Messages : [] };
        }
    }
}
