using ServerlessIdempotency.Outbox;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

/// <summary>Messages that are committed and not sent are seen before somebody misses them.</summary>
public sealed class OverdueTests
{
    private readonly OutboxFixture _fixture = new();
    private readonly AppInstance _app;

    public OverdueTests() => _app = _fixture.NewInstance();

    public static TheoryData<SendOutcome> Refusals => [new SendOutcome.Unavailable("No connection."), new SendOutcome.Failed("The role is missing.")];

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_the_broker_does_not_take_is_listed_and_counted_from_a_minute_on(SendOutcome refusal)
    {
        _fixture.Broker.Decide = (_, _) => Task.FromResult<SendOutcome?>(refusal);
        await _app.CommitAsync("op", OutboxFixture.Message("1", "s"), OutboxFixture.Message("2", "s"), OutboxFixture.Message("3"));
        await _app.FlushAsync("op");

        _fixture.Time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.Equal((3, 0), await SweepAsync());
        Assert.Empty(await ListAsync());

        _fixture.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal((3, 3), await SweepAsync());
        var waiting = await ListAsync();
        Assert.Equal(["1", "2", "3"], waiting.Select(message => FakeBroker.Text(message.Message!)).Order());
        Assert.All(waiting, message => Assert.Equal((OutboxFixture.Partition, _fixture.Time.GetUtcNow() - TimeSpan.FromMinutes(1)), (message.Address.Partition, message.CommittedAt)));
        Assert.Equal(refusal is SendOutcome.Failed ? "The role is missing." : null, waiting.Single(message => FakeBroker.Text(message.Message!) == "1").Error);

        _fixture.Broker.Decide = null;
        _fixture.Time.Advance(_fixture.Options.MaxRetryDelay);
        Assert.Equal((0, 0), await SweepAsync());
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task What_is_parked_or_another_apps_is_not_among_those_that_wait()
    {
        _fixture.Broker.Decide = (message, _) => Task.FromResult<SendOutcome?>(FakeBroker.Text(message) == "parked" ? new SendOutcome.Refused("No such queue.") : new SendOutcome.Unavailable("No connection."));
        await _app.CommitAsync("op", OutboxFixture.Message("parked"), OutboxFixture.Message("waits"));
        var other = _fixture.NewInstance(new OutboxOptions { SweepConcurrency = 1, AppName = "other" });
        await other.CommitAndCrashAsync("of-the-other", OutboxFixture.Message("of the other"));
        _fixture.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal((1, 1), await SweepAsync());
        Assert.Equal("waits", FakeBroker.Text(Assert.Single(await ListAsync()).Message!));
    }

    private async Task<(int Remaining, int Overdue)> SweepAsync()
    {
        var result = await _app.Sweeper.SweepAsync(default);
        return (result.Remaining, result.Overdue);
    }

    private Task<List<WaitingMessage>> ListAsync() => _app.Administration.ListWaitingAsync(TimeSpan.FromMinutes(1), default).ToListAsync().AsTask();
}
