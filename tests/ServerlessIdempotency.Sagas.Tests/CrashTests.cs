namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>Law 4 for sagas: the process dies before or after every single call; only committed messages wake the saga again.</summary>
public sealed class CrashTests
{
    public static TheoryData<string> Stories => ["all well", "charge refused", "confirm refused", "reply lost", "request lost", "busy", "undoing is busy"];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task A_crash_before_or_after_any_call_of_any_step_or_compensation_ends_as_without(string story)
    {
        var (points, end) = await UndisturbedAsync(story);

        for (var point = 1; point <= points; point++)
        {
            var world = WorldOf(story);
            await world.StartAsync();
            var dying = world.NewProcess(diesAt: point);
            await world.DeliverAsync(dying);
            Assert.True(dying.IsDead);

            await world.DeliverAsync();

            Assert.True(end == await world.EndAsync(), $"Died at {point}, {dying.Trace[^1]}: {await world.EndAsync()} instead of {end}");
            AssertOneKeyEach(world);
        }
    }

    [Theory]
    [InlineData("all well")]
    [InlineData("confirm refused")]
    public async Task A_second_crash_at_any_point_after_any_first_one_ends_the_same_too(string story)
    {
        var (points, end) = await UndisturbedAsync(story);
        var runs = 0;
        for (var first = 1; first <= points; first++)
        {
            var hasDied = true;
            for (var second = 1; hasDied; second++)
            {
                var world = WorldOf(story);
                await world.StartAsync();
                await world.DeliverAsync(world.NewProcess(diesAt: first));
                var dying = world.NewProcess(diesAt: second);
                await world.DeliverAsync(dying);
                hasDied = dying.IsDead;
                await world.DeliverAsync();
                Assert.True(end == await world.EndAsync(), $"Died at {first} and {second}: {await world.EndAsync()} instead of {end}");
                runs++;
            }
        }

        Assert.True(runs > points * 2);
    }

    [Fact]
    public async Task A_crash_at_any_point_of_parking_leaves_a_saga_that_is_parked_and_listed_once()
    {
        const string Story = "undoing never works";
        var (points, end) = await UndisturbedAsync(Story);
        for (var point = 1; point <= points; point++)
        {
            var world = WorldOf(Story);
            await world.StartAsync();
            var dying = world.NewProcess(diesAt: point);
            await world.DeliverAsync(dying);
            await world.DeliverAsync();

            var saga = await world.SagaAsync();
            Assert.Equal((SagaStatus.Parked, "reserve"), (saga.Status, saga.ParkedStep));
            var listed = Assert.Single(await ParkedTests.ListAsync(world));
            Assert.Equal(saga.Parking, listed.Parking);
            Assert.Contains("-charge", await world.EndAsync(), StringComparison.Ordinal);
        }

        Assert.StartsWith("Parked", end, StringComparison.Ordinal);
    }

    private static async Task<(int Points, string End)> UndisturbedAsync(string story)
    {
        var world = WorldOf(story);
        await world.StartAsync();
        var process = world.NewProcess();
        await world.DeliverAsync(process);
        Assert.True((await world.SagaAsync()) is { HasEnded: true } or { Status: SagaStatus.Parked });
        return (process.Points, await world.EndAsync());
    }

    private static SagaWorld WorldOf(string story) => story switch
    {
        "all well" => new SagaWorld(),

        // What the other side refuses it keeps refusing; how often it is busy does not depend on who asks.
        "charge refused" => new SagaWorld().Answers("charge", Enumerable.Repeat(Answer.Rejects, 50).ToArray()),
        "confirm refused" => new SagaWorld().Answers("confirm", Enumerable.Repeat(Answer.Rejects, 50).ToArray()),
        "reply lost" => new SagaWorld().Answers("charge", Answer.LosesReply),
        "request lost" => new SagaWorld().Answers("charge", Answer.LosesRequest),
        "busy" => new SagaWorld().Answers("reserve", Answer.IsBusy).Answers("charge", Answer.IsBusy),
        "undoing is busy" => new SagaWorld().Answers("confirm", Enumerable.Repeat(Answer.Rejects, 50).ToArray()).Answers("undo charge", Answer.IsBusy),
        "undoing never works" => new SagaWorld().Answers("confirm", Enumerable.Repeat(Answer.Rejects, 50).ToArray()).Answers("undo reserve", Enumerable.Repeat(Answer.IsBusy, 50).ToArray()),
        _ => throw new ArgumentOutOfRangeException(nameof(story)),
    };

    private static void AssertOneKeyEach(SagaWorld world)
    {
        foreach (var step in new[] { "reserve", "charge", "confirm" })
        {
            Assert.True(world.KeysOf(step).Distinct().Count() <= 1, $"{step} was called under several keys.");
        }
    }
}
