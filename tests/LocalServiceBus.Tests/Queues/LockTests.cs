using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

public sealed class LockTests : IDisposable
{
    private readonly QueueBench _bench = new(new QueueOptions { Name = "q", LockDuration = TimeSpan.FromSeconds(30), MaxDeliveryCount = 3 });

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Locked_message_is_nobody_elses_until_the_lock_ends()
    {
        _bench.Send("a");
        var first = _bench.Consumer().Take();
        Assert.Equal(_bench.Time.GetUtcNow() + TimeSpan.FromSeconds(30), first.LockedUntil);
        _bench.Advance(29.999);
        Assert.Empty(_bench.Consumer().Take(1));
        _bench.Advance(0.001);
        var second = _bench.Consumer().Take();
        Assert.Equal("a", second.MessageId);
        Assert.Equal(1, second.DeliveryCount);
        Assert.Equal(first.SequenceNumber, second.SequenceNumber);
        Assert.NotEqual(first.LockToken, second.LockToken);
    }

    [Fact]
    public void Waiting_consumer_gets_the_message_when_the_lock_ends_without_asking_again()
    {
        _bench.Send("a");
        _bench.Consumer().Take();
        var waiting = _bench.Consumer();
        waiting.Grant(1);
        _bench.Advance(30);
        Assert.Equal("a", Assert.Single(waiting.Received).MessageId);
    }

    [Fact]
    public void Every_settlement_after_the_lock_ended_is_refused_and_changes_nothing()
    {
        _bench.Send("a");
        var token = _bench.Consumer().Take().LockToken;
        _bench.Advance(30);
        Assert.Equal(QueueError.MessageLockLost, _bench.Queue.Complete(token));
        Assert.Equal(QueueError.MessageLockLost, _bench.Queue.Abandon(token));
        Assert.Equal(QueueError.MessageLockLost, _bench.Queue.Defer(token));
        Assert.Equal(QueueError.MessageLockLost, _bench.Queue.DeadLetter(token, "r", "d"));
        Assert.Equal(QueueError.MessageLockLost, _bench.Queue.RenewLocks([token], new DateTimeOffset[1]));
        Assert.Equal(1, _bench.Consumer().Take().DeliveryCount);
        Assert.Empty(QueueBench.Ids(_bench.DeadLetters));
    }

    [Fact]
    public void Token_of_a_former_lock_does_not_settle_the_present_one()
    {
        _bench.Send("a");
        var former = _bench.Consumer().Take().LockToken;
        _bench.Advance(30);
        var present = _bench.Consumer().Take().LockToken;
        Assert.Equal(QueueError.MessageLockLost, _bench.Queue.Complete(former));
        Assert.Equal(QueueError.None, _bench.Queue.Complete(present));
        Assert.Equal(QueueError.MessageLockLost, _bench.Queue.Complete(present));
        Assert.Empty(QueueBench.Ids(_bench.Queue));
    }

    [Fact]
    public void Renewed_lock_lasts_its_whole_duration_from_the_renewal()
    {
        _bench.Send("a");
        var token = _bench.Consumer().Take().LockToken;
        for (var i = 0; i < 5; i++)
        {
            _bench.Advance(29);
            var until = new DateTimeOffset[1];
            Assert.Equal(QueueError.None, _bench.Queue.RenewLocks([token], until));
            Assert.Equal(_bench.Time.GetUtcNow() + TimeSpan.FromSeconds(30), until[0]);
        }

        _bench.Advance(29.999);
        Assert.Equal(QueueError.None, _bench.Queue.Complete(token));
    }

    [Fact]
    public void Renewal_of_one_lock_leaves_the_others_to_end()
    {
        _bench.Send("a");
        _bench.Send("b");
        var taken = _bench.Consumer().Take(2);
        _bench.Advance(20);
        _bench.Queue.RenewLocks([taken[0].LockToken], new DateTimeOffset[1]);
        _bench.Advance(10);
        Assert.Equal("b", _bench.Consumer().Take().MessageId);
        Assert.Equal(QueueError.None, _bench.Queue.Complete(taken[0].LockToken));
    }

    [Fact]
    public void Renewal_is_for_all_named_locks_or_none()
    {
        _bench.Send("a");
        var token = _bench.Consumer().Take().LockToken;
        _bench.Advance(20);
        Assert.Equal(QueueError.MessageLockLost, _bench.Queue.RenewLocks([token, Guid.NewGuid()], new DateTimeOffset[2]));
        _bench.Advance(10);
        Assert.Equal(QueueError.MessageLockLost, _bench.Queue.Complete(token));
    }

    [Fact]
    public void Lock_outlives_its_consumer()
    {
        _bench.Send("a");
        var consumer = _bench.Consumer();
        var token = consumer.Take().LockToken;
        consumer.Leave();
        Assert.Empty(_bench.Consumer().Take(1));
        Assert.Equal(QueueError.None, _bench.Queue.Complete(token));
    }

    [Fact]
    public void Receive_and_delete_leaves_nothing_to_lock_or_to_come_back()
    {
        _bench.Send("a");
        _bench.Consumer(takesAndDeletes: true).Take();
        Assert.Empty(QueueBench.Ids(_bench.Queue));
        _bench.Advance(60);
        Assert.Empty(_bench.Consumer().Take(1));
        Assert.Empty(_bench.Journal.Rows);
    }
}
