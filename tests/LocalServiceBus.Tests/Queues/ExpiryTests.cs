using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

public sealed class ExpiryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Expired_message_is_dropped_or_dead_lettered_as_the_queue_says()
    {
        using var dropping = new QueueBench(new QueueOptions { Name = "q" });
        using var keeping = new QueueBench(new QueueOptions { Name = "q", DeadLetteringOnMessageExpiration = true });
        foreach (var bench in new[] { dropping, keeping })
        {
            bench.Send("a", timeToLive: 5 * Second);
            bench.Advance(4.999);
            Assert.Equal(["a"], QueueBench.Ids(bench.Queue));
            bench.Advance(0.001);
            Assert.Empty(QueueBench.Ids(bench.Queue));
        }

        Assert.Empty(QueueBench.Ids(dropping.DeadLetters));
        Assert.Empty(dropping.Journal.Rows);
        Assert.Equal("TTLExpiredException", Assert.Single(QueueBench.Peek(keeping.DeadLetters)).Reason);
    }

    [Fact]
    public void Shorter_of_the_messages_and_the_queues_time_to_live_counts()
    {
        using var bench = new QueueBench(new QueueOptions { Name = "q", DefaultMessageTimeToLive = 10 * Second });
        bench.Send("own", timeToLive: 5 * Second);
        bench.Send("queue's");
        bench.Send("too long", timeToLive: 100 * Second);
        bench.Advance(5);
        Assert.Equal(["queue's", "too long"], QueueBench.Ids(bench.Queue));
        bench.Advance(5);
        Assert.Empty(QueueBench.Ids(bench.Queue));
    }

    [Fact]
    public void Life_of_a_scheduled_message_starts_when_it_is_due()
    {
        using var bench = new QueueBench(new QueueOptions { Name = "q" });
        bench.Send("a", timeToLive: 5 * Second, delay: 100 * Second);
        bench.Advance(104.999);
        Assert.Equal(["a"], QueueBench.Ids(bench.Queue));
        bench.Advance(0.001);
        Assert.Empty(QueueBench.Ids(bench.Queue));
    }

    [Fact]
    public void Lock_keeps_a_message_alive_until_it_is_given_back()
    {
        using var bench = new QueueBench(new QueueOptions { Name = "q", LockDuration = 60 * Second, DeadLetteringOnMessageExpiration = true });
        bench.Send("completed", timeToLive: 5 * Second);
        bench.Send("abandoned", timeToLive: 5 * Second);
        bench.Send("lapsed", timeToLive: 5 * Second);
        var taken = bench.Consumer().Take(3);
        bench.Advance(50);
        Assert.Equal(QueueError.None, bench.Queue.Complete(taken[0].LockToken));
        Assert.Equal(QueueError.None, bench.Queue.Abandon(taken[1].LockToken));
        Assert.Equal(["abandoned"], QueueBench.Ids(bench.DeadLetters));
        bench.Advance(10);
        Assert.Equal(["abandoned", "lapsed"], QueueBench.Ids(bench.DeadLetters));
        Assert.Empty(QueueBench.Ids(bench.Queue));
    }

    [Fact]
    public void Deferred_message_expires_too()
    {
        using var bench = new QueueBench(new QueueOptions { Name = "q", DeadLetteringOnMessageExpiration = true });
        var number = bench.Send("a", timeToLive: 5 * Second);
        bench.Queue.Defer(bench.Consumer().Take().LockToken);
        bench.Advance(5);
        Assert.Equal(QueueError.MessageNotFound, bench.Queue.ReceiveDeferred([number], null, takeAndDelete: false, _ => { }));
        Assert.Equal(["a"], QueueBench.Ids(bench.DeadLetters));
    }

    [Fact]
    public void Dead_letter_lives_on()
    {
        using var bench = new QueueBench(new QueueOptions { Name = "q", DefaultMessageTimeToLive = 5 * Second, DeadLetteringOnMessageExpiration = true });
        bench.Send("a");
        bench.Advance(5);
        bench.Time.Advance(TimeSpan.FromDays(30));
        Assert.Equal(["a"], QueueBench.Ids(bench.DeadLetters));
    }
}
