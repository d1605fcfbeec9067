using LocalServiceBus.Configuration;

namespace LocalServiceBus.Tests.Queues;

public sealed class BrowsingTests : IDisposable
{
    private readonly QueueBench _bench = new(new QueueOptions { Name = "q" });

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Peek_shows_messages_of_every_state_in_order_and_takes_none()
    {
        _bench.Send("locked");
        _bench.Send("deferred");
        var taken = _bench.Consumer().Take(2);
        _bench.Queue.Defer(taken[1].LockToken);
        _bench.Send("scheduled", delay: TimeSpan.FromHours(1));
        _bench.Send("active");
        Assert.Equal(["locked", "deferred", "scheduled", "active"], QueueBench.Ids(_bench.Queue));
        Assert.Equal(["locked", "deferred", "scheduled", "active"], QueueBench.Ids(_bench.Queue));
        Assert.Equal("active", _bench.Consumer().Take().MessageId);
    }

    [Fact]
    public void Peek_goes_on_from_a_number()
    {
        for (var i = 0; i < 5; i++)
        {
            _bench.Send($"{i}");
        }

        var page = QueueBench.Peek(_bench.Queue, max: 2);
        var rest = QueueBench.Peek(_bench.Queue, from: page[^1].SequenceNumber + 1);
        Assert.Equal(["0", "1"], page.Select(message => message.MessageId));
        Assert.Equal(["2", "3", "4"], rest.Select(message => message.MessageId));
    }

    [Fact]
    public void Peek_of_a_session_shows_its_own_only()
    {
        using var bench = new QueueBench(new QueueOptions { Name = "q", RequiresSession = true });
        bench.Send("1", "a");
        bench.Send("2", "b");
        bench.Send("3", "a");
        Assert.Equal(["1", "3"], QueueBench.Peek(bench.Queue, sessionId: "a").Select(message => message.MessageId));
    }

    [Fact]
    public void Deleting_by_age_spares_what_is_locked_deferred_scheduled_or_younger()
    {
        _bench.Send("locked");
        _bench.Send("deferred");
        var taken = _bench.Consumer().Take(2);
        _bench.Queue.Defer(taken[1].LockToken);
        _bench.Send("scheduled", delay: TimeSpan.FromHours(1));
        _bench.Send("old");
        _bench.Advance(1);
        _bench.Send("young");
        Assert.Equal(1, _bench.Queue.DeleteBefore(_bench.Time.GetUtcNow(), 100));
        Assert.Equal(["locked", "deferred", "scheduled", "young"], QueueBench.Ids(_bench.Queue));
    }

    [Fact]
    public void Consumers_with_credit_take_turns_and_one_without_gets_nothing()
    {
        var (one, two, without) = (_bench.Consumer(), _bench.Consumer(), _bench.Consumer());
        one.Grant(10);
        two.Grant(2);
        without.Grant(0);
        for (var i = 0; i < 6; i++)
        {
            _bench.Send($"{i}");
        }

        Assert.Equal(["0", "2", "4", "5"], one.Received.Select(message => message.MessageId));
        Assert.Equal(["1", "3"], two.Received.Select(message => message.MessageId));
        Assert.Empty(without.Received);
    }

    [Fact]
    public void Repeated_grant_of_the_same_limit_gives_no_more_credit()
    {
        var consumer = _bench.Consumer();
        var queue = _bench.Queue;
        queue.Allow(consumer, 1, drain: false);
        _bench.Send("a");
        queue.Allow(consumer, 1, drain: false);
        _bench.Send("b");
        Assert.Equal("a", Assert.Single(consumer.Received).MessageId);
    }
}
