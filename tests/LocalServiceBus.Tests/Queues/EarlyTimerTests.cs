using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;
using TestDoubles.Time;

namespace LocalServiceBus.Tests.Queues;

/// <summary>A timer that fires a little early: nobody asks the queue, so its own timer has to bring what is due. Guards the timer's being set again for what is left.</summary>
public sealed class EarlyTimerTests : IDisposable
{
    private static readonly TimeSpan Lock = TimeSpan.FromSeconds(30);

    private readonly EarlyTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private QueueBench? _bench;

    public void Dispose() => _bench?.Dispose();

    [Fact]
    public void Every_scheduled_message_of_an_idle_queue_comes_when_it_is_due()
    {
        _bench = new QueueBench(_time, new QueueOptions { Name = "q" });
        var consumer = _bench.Consumer(takesAndDeletes: true);
        consumer.Grant(60);

        for (var number = 1; number <= 60; number++)
        {
            _bench.Send($"m-{number}", delay: TimeSpan.FromSeconds(10));
            _time.AdvanceThrough(TimeSpan.FromSeconds(10));
            Assert.Equal(number, consumer.Received.Count);
        }
    }

    [Fact]
    public void What_is_scheduled_together_comes_together()
    {
        _bench = new QueueBench(_time, new QueueOptions { Name = "q" });
        var consumer = _bench.Consumer(takesAndDeletes: true);
        consumer.Grant(60);
        for (var number = 0; number < 60; number++)
        {
            _bench.Send($"m-{number}", delay: TimeSpan.FromSeconds(10));
        }

        _time.AdvanceThrough(TimeSpan.FromSeconds(10));

        Assert.Equal(60, consumer.Received.Count);
    }

    [Fact]
    public void A_message_whose_lock_has_lapsed_comes_to_who_waits()
    {
        _bench = new QueueBench(_time, new QueueOptions { Name = "q", LockDuration = Lock, MaxDeliveryCount = 100 });
        _bench.Send("a");
        _bench.Consumer().Take();
        var waiting = _bench.Consumer();
        waiting.Grant(100);

        for (var lapse = 1; lapse <= 20; lapse++)
        {
            _time.AdvanceThrough(Lock);
            Assert.Equal(lapse, waiting.Received.Count);
        }
    }

    [Fact]
    public void A_session_lock_that_has_lapsed_is_told_and_the_session_is_free()
    {
        _bench = new QueueBench(_time, new QueueOptions { Name = "q", LockDuration = Lock, RequiresSession = true });
        _bench.Send("a", sessionId: "s");

        for (var lapse = 1; lapse <= 12; lapse++)
        {
            var holder = _bench.Accept("s");
            Assert.Null(holder.Refusal);
            _time.AdvanceThrough(Lock);
            Assert.Equal(1, holder.SessionLosses);
        }
    }

    [Fact]
    public void A_wait_for_a_session_ends_at_its_deadline()
    {
        _bench = new QueueBench(_time, new QueueOptions { Name = "q", RequiresSession = true });
        var waiting = _bench.Accept(null, TimeSpan.FromSeconds(5));

        _time.AdvanceThrough(TimeSpan.FromSeconds(5));

        Assert.Equal(QueueError.Timeout, waiting.Refusal);
    }

    [Fact]
    public void A_message_expires_when_its_time_to_live_ends()
    {
        _bench = new QueueBench(_time, new QueueOptions { Name = "q", DeadLetteringOnMessageExpiration = true });
        _bench.Send("a", timeToLive: TimeSpan.FromSeconds(20));
        var waiting = _bench.DeadLettersConsumer();
        waiting.Grant(1);

        _time.AdvanceThrough(TimeSpan.FromSeconds(20));

        Assert.Equal("a", Assert.Single(waiting.Received).MessageId);
    }

    // What the timer is set for is rounded up: .NET cuts off parts of a millisecond, and what fires at once would be set again and again.
    [Fact]
    public void A_part_of_a_millisecond_is_waited_for_as_a_whole_one()
    {
        _bench = new QueueBench(_time, new QueueOptions { Name = "q" });
        var consumer = _bench.Consumer(takesAndDeletes: true);
        consumer.Grant(1);
        _bench.Send("a", delay: TimeSpan.FromMilliseconds(0.4));

        _time.Advance(TimeSpan.FromMilliseconds(0.9));
        Assert.Empty(consumer.Received);
        _time.Advance(TimeSpan.FromMilliseconds(0.1));
        Assert.Single(consumer.Received);
    }
}
