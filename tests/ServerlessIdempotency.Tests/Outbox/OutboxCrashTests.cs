using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;
using TestDoubles.Execution;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

/// <summary>Laws 4 and 9: the process dies before or after every single call to the store and to the broker.</summary>
public sealed class OutboxCrashTests
{
    // Guards the whole chain: note before commit, rows in the commit, removal after the send, note kept until the partition is empty.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whenever_the_process_dies_every_receiver_gets_each_message_once_and_nothing_is_left(bool after)
    {
        var deaths = 0;
        for (var call = 1; ; call++)
        {
            var fixture = new OutboxFixture();
            var first = fixture.NewInstance();
            first.Gate.DieAtCall(call, after);
            await LiveAsync(fixture, first);
            await first.Dispatcher.StopAsync(default);
            if (!first.Gate.IsDead)
            {
                break;
            }

            // The caller retries once the dead one's lease is over; the sweeper comes by.
            deaths++;
            fixture.Time.Advance(TimeSpan.FromMinutes(2));
            var second = fixture.NewInstance();
            Assert.True(await second.Engine.ExecuteAsync(Operation(), HandleAsync, default) is ExecutionOutcome.Executed or ExecutionOutcome.Replayed, $"death at call {call}");
            fixture.Time.Advance(fixture.Options.SweepAfter);
            await fixture.NewInstance().Sweeper.SweepAsync(default);

            Assert.Equal(["1", "2", "other"], fixture.Broker.DistinctBodies.Order());
            Assert.Equal(["1", "2"], fixture.Broker.DistinctBodies.Where(body => body != "other"));
            Assert.Single(await fixture.RowsAsync("Business", "p", "payment|"));
            Assert.Empty(await fixture.UnsentAsync());

            fixture.Time.Advance(fixture.UntilNotesGo);
            await fixture.NewInstance().Sweeper.SweepAsync(default);
            Assert.Empty(await fixture.NotesAsync());
            Assert.Empty(await fixture.WindowsAsync());
        }

        // Claim, window, note, commit, list, three sends, two removals.
        Assert.True(deaths >= 10, $"only {deaths} calls were found to die at");
    }

    // Guards the sweeper itself: without it the messages of a process that died after its commit stay where they are.
    [Fact]
    public async Task A_retry_that_only_replays_leaves_the_stranded_messages_to_the_sweeper()
    {
        var fixture = new OutboxFixture();
        await fixture.NewInstance().Engine.ExecuteAsync(Operation(), HandleAsync, default);
        var second = fixture.NewInstance();
        Assert.IsType<ExecutionOutcome.Replayed>(await second.Engine.ExecuteAsync(Operation(), HandleAsync, default));
        Assert.Empty(fixture.Broker.Received);

        fixture.Time.Advance(fixture.Options.SweepAfter);
        Assert.Equal(3, (await second.Sweeper.SweepAsync(default)).Sent);
        Assert.Equal(3, fixture.Broker.Received.Count);
    }

    private static async Task LiveAsync(OutboxFixture fixture, AppInstance app)
    {
        await app.Dispatcher.StartAsync(default);
        try
        {
            await app.Engine.ExecuteAsync(Operation(), HandleAsync, default);
        }
        catch (ProcessDiedException)
        {
            return;
        }

        await app.Dispatcher.DrainAsync(default);
    }

    private static Operation Operation() => EngineFixture.Operation() with { SendsMessages = true };

    private static Task<HandlerOutcome<OperationResult>> HandleAsync(OperationContext context, CancellationToken cancellationToken) => Task.FromResult(
        HandlerOutcome.Completed(
            EngineFixture.Result("done"),
            rows: [RowWrite.Insert($"payment|{context.OperationHash}", new Dictionary<string, object>())],
            messages: [OutboxFixture.Message("1", "s"), OutboxFixture.Message("2", "s"), OutboxFixture.Message("other")]));
}
