using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

public sealed class SessionTests : IDisposable
{
    private readonly QueueBench _bench = new(new QueueOptions { Name = "q", LockDuration = TimeSpan.FromSeconds(30), MaxDeliveryCount = 3, RequiresSession = true });

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Message_without_a_session_is_refused_with_all_that_came_with_it()
    {
        Assert.Equal(QueueError.SessionIdMissing, _bench.Queue.Send([
            new NewMessage("a", new PlainContent()) { SessionId = "s" },
            new NewMessage("b", new PlainContent()),
        ]));
        Assert.Empty(QueueBench.Ids(_bench.Queue));
    }

    [Fact]
    public void Session_is_delivered_in_its_order_to_its_holder_only()
    {
        for (var i = 0; i < 6; i++)
        {
            _bench.Send($"{i}", sessionId: i % 2 == 0 ? "even" : "odd");
        }

        var even = _bench.Accept("even");
        var odd = _bench.Accept("odd");
        Assert.Equal(["0", "2", "4"], even.Take(10).Select(message => message.MessageId));
        Assert.Equal(["1", "3", "5"], odd.Take(10).Select(message => message.MessageId));
    }

    [Fact]
    public void Abandoned_message_comes_before_the_later_ones_of_its_session()
    {
        _bench.Send("1", "s");
        _bench.Send("2", "s");
        var holder = _bench.Accept("s");
        _bench.Queue.Abandon(holder.Take().LockToken);
        Assert.Equal(["1", "2"], holder.Take(2).Select(message => message.MessageId));
    }

    [Fact]
    public void Held_session_cannot_be_locked_and_is_no_next_session()
    {
        _bench.Send("1", "s");
        _bench.Accept("s");
        Assert.Equal(QueueError.SessionCannotBeLocked, _bench.Accept("s").Refusal);
        var next = _bench.Accept(null, TimeSpan.FromSeconds(5));
        _bench.Advance(4.999);
        Assert.Null(next.Refusal);
        _bench.Advance(0.001);
        Assert.Equal(QueueError.Timeout, next.Refusal);
        _bench.Send("2", "other");
        Assert.Null(next.SessionId);
    }

    [Fact]
    public void Next_session_is_given_to_those_who_wait_in_their_order()
    {
        var first = _bench.Accept(null);
        var second = _bench.Accept(null);
        _bench.Send("1", "a");
        Assert.Equal(("a", null), (first.SessionId, second.SessionId));
        _bench.Send("2", "a");
        Assert.Null(second.SessionId);
        _bench.Send("3", "b");
        Assert.Equal("b", second.SessionId);
    }

    [Fact]
    public void One_who_gave_up_waiting_gets_no_session()
    {
        var gone = _bench.Accept(null);
        gone.Leave();
        _bench.Send("1", "a");
        Assert.Null(gone.SessionId);
        Assert.Equal("a", _bench.Accept(null).SessionId);
    }

    [Fact]
    public void Lapsed_session_lock_recalls_its_messages_and_counts_them()
    {
        _bench.Send("1", "s");
        _bench.Send("2", "s");
        var holder = _bench.Accept("s");
        var token = holder.Take().LockToken;
        _bench.Advance(30);
        Assert.Equal(1, holder.SessionLosses);
        Assert.Equal(QueueError.MessageLockLost, _bench.Queue.Complete(token));
        Assert.Empty(holder.Take(1));

        var next = _bench.Accept(null);
        Assert.Equal("s", next.SessionId);
        var again = next.Take(2);
        Assert.Equal([("1", 1), ("2", 0)], again.Select(message => (message.MessageId, message.DeliveryCount)));
    }

    [Fact]
    public void Lapsed_session_lock_dead_letters_in_the_end()
    {
        _bench.Send("1", "s");
        for (var i = 0; i < 3; i++)
        {
            _bench.Accept("s").Take();
            _bench.Advance(30);
        }

        Assert.Empty(_bench.Accept("s").Take(1));
        Assert.Equal("MaxDeliveryCountExceeded", Assert.Single(QueueBench.Peek(_bench.DeadLetters)).Reason);
    }

    [Fact]
    public void Holder_that_leaves_frees_its_session_at_once_and_uncounted()
    {
        _bench.Send("1", "s");
        var holder = _bench.Accept("s");
        holder.Take();
        holder.Leave();
        var next = _bench.Accept(null);
        Assert.Equal("s", next.SessionId);
        Assert.Equal(0, next.Take().DeliveryCount);
        Assert.Equal(0, holder.SessionLosses);
    }

    [Fact]
    public void Renewed_session_lock_carries_the_locks_of_its_messages()
    {
        _bench.Send("1", "s");
        var holder = _bench.Accept("s");
        var token = holder.Take().LockToken;
        _bench.Advance(20);
        Assert.Equal(QueueError.None, _bench.Queue.RenewSession("s", holder, out var until));
        Assert.Equal(_bench.Time.GetUtcNow() + TimeSpan.FromSeconds(30), until);
        _bench.Advance(29);
        Assert.Equal(0, holder.SessionLosses);
        Assert.Equal(QueueError.None, _bench.Queue.Complete(token));
        _bench.Advance(1);
        Assert.Equal(1, holder.SessionLosses);
        Assert.Equal(QueueError.SessionLockLost, _bench.Queue.RenewSession("s", holder, out _));
    }

    [Fact]
    public void Lock_of_a_message_in_a_session_can_not_be_renewed_by_itself()
    {
        _bench.Send("1", "s");
        var token = _bench.Accept("s").Take().LockToken;
        Assert.Equal(QueueError.SessionRequired, _bench.Queue.RenewLocks([token], new DateTimeOffset[1]));
    }

    [Fact]
    public void State_belongs_to_the_session_and_is_its_holders_to_change()
    {
        var holder = _bench.Accept("s");
        Assert.Equal(QueueError.None, _bench.Queue.SetSessionState("s", holder, [7]));
        holder.Leave();
        Assert.Equal(QueueError.SessionLockLost, _bench.Queue.SetSessionState("s", holder, [8]));
        Assert.Equal(QueueError.SessionLockLost, _bench.Queue.GetSessionState("s", holder, out _));
        Assert.Equal(["s"], _bench.Queue.ListSessions(0, 10));

        var next = _bench.Accept("s");
        Assert.Equal(QueueError.None, _bench.Queue.GetSessionState("s", next, out var state));
        Assert.Equal([7], state);
        _bench.Queue.SetSessionState("s", next, null);
        next.Leave();
        Assert.Empty(_bench.Queue.ListSessions(0, 10));
    }

    [Fact]
    public void Message_that_arrives_goes_to_the_holder_that_waits()
    {
        var holder = _bench.Accept("s");
        holder.Grant(1);
        _bench.Send("1", "s");
        _bench.Send("2", "s");
        Assert.Equal("1", Assert.Single(holder.Received).MessageId);
    }

    [Fact]
    public void Session_whose_messages_are_gone_is_not_offered()
    {
        _bench.Send("1", "s", timeToLive: TimeSpan.FromSeconds(5));
        _bench.Advance(5);
        Assert.Null(_bench.Accept(null).SessionId);
    }
}
