using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

public sealed class ScheduleTests : IDisposable
{
    private readonly QueueBench _bench = new(new QueueOptions { Name = "q" });

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Scheduled_message_joins_the_end_when_it_is_due_and_not_before()
    {
        var number = _bench.Send("later", delay: TimeSpan.FromSeconds(30));
        _bench.Send("now");
        Assert.Equal(new QueueCounts(Active: 1, Scheduled: 1, Deferred: 0), _bench.Queue.Count());
        _bench.Advance(29.999);
        Assert.Equal("now", Assert.Single(_bench.Consumer().Take(2)).MessageId);
        _bench.Advance(0.001);
        var taken = _bench.Consumer().Take();
        Assert.Equal("later", taken.MessageId);
        Assert.NotEqual(number, taken.SequenceNumber);
    }

    [Fact]
    public void Messages_that_came_due_together_come_in_the_order_of_their_moments()
    {
        _bench.Send("c", delay: TimeSpan.FromSeconds(30));
        _bench.Send("a", delay: TimeSpan.FromSeconds(10));
        _bench.Send("b", delay: TimeSpan.FromSeconds(20));
        _bench.Advance(60);
        Assert.Equal(["a", "b", "c"], _bench.Consumer().Take(3).Select(message => message.MessageId));
    }

    [Fact]
    public void Waiting_consumer_gets_it_when_due_without_asking_again()
    {
        var consumer = _bench.Consumer();
        consumer.Grant(1);
        _bench.Send("a", delay: TimeSpan.FromDays(3));
        _bench.Time.Advance(TimeSpan.FromDays(3));
        Assert.Equal("a", Assert.Single(consumer.Received).MessageId);
    }

    [Fact]
    public void Moment_that_is_past_is_now()
    {
        _bench.Send("a", delay: TimeSpan.FromSeconds(-1));
        Assert.Equal("a", _bench.Consumer().Take().MessageId);
    }

    [Fact]
    public void Cancelled_message_never_comes_and_can_not_be_cancelled_twice()
    {
        var number = _bench.Send("a", delay: TimeSpan.FromSeconds(30));
        Assert.Equal(QueueError.None, _bench.Queue.CancelScheduled([number]));
        Assert.Equal(QueueError.MessageNotFound, _bench.Queue.CancelScheduled([number]));
        _bench.Advance(60);
        Assert.Empty(_bench.Consumer().Take(1));
        Assert.Empty(_bench.Journal.Rows);
    }

    [Fact]
    public void Cancellation_is_for_all_numbers_or_none()
    {
        var number = _bench.Send("a", delay: TimeSpan.FromSeconds(30));
        var due = _bench.Send("b", delay: TimeSpan.FromSeconds(10));
        _bench.Advance(10);
        Assert.Equal(QueueError.MessageNotFound, _bench.Queue.CancelScheduled([number, due]));
        _bench.Advance(20);
        Assert.Equal(["b", "a"], QueueBench.Ids(_bench.Queue));
    }
}
