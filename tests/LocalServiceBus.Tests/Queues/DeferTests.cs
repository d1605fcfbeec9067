using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

public sealed class DeferTests : IDisposable
{
    private readonly QueueBench _bench = new(new QueueOptions { Name = "q", LockDuration = TimeSpan.FromSeconds(30), MaxDeliveryCount = 4 });

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Deferred_message_comes_by_its_number_only()
    {
        var number = Defer("a");
        _bench.Advance(60);
        Assert.Empty(_bench.Consumer().Take(1));
        var taken = Receive(number);
        Assert.Equal(1, taken.DeliveryCount);
        Assert.Equal(QueueError.None, _bench.Queue.Complete(taken.LockToken));
        Assert.Empty(QueueBench.Ids(_bench.Queue));
    }

    [Fact]
    public void It_stays_deferred_when_it_is_abandoned_or_its_lock_ends()
    {
        var number = Defer("a");
        Assert.Equal(QueueError.None, _bench.Queue.Abandon(Receive(number).LockToken));
        Assert.Empty(_bench.Consumer().Take(1));
        Receive(number);
        _bench.Advance(30);
        Assert.Empty(_bench.Consumer().Take(1));
        var last = Receive(number);
        Assert.Equal(3, last.DeliveryCount);
        _bench.Queue.Abandon(last.LockToken);
        Assert.Equal("MaxDeliveryCountExceeded", Assert.Single(QueueBench.Peek(_bench.DeadLetters)).Reason);
    }

    [Fact]
    public void Locked_or_unknown_number_gives_nothing_of_all_that_were_asked_for()
    {
        var first = Defer("a");
        var second = Defer("b");
        Receive(first);
        var shown = 0;
        Assert.Equal(QueueError.MessageNotFound, _bench.Queue.ReceiveDeferred([second, first], null, takeAndDelete: false, _ => shown++));
        Assert.Equal(QueueError.MessageNotFound, _bench.Queue.ReceiveDeferred([second, 99], null, takeAndDelete: false, _ => shown++));
        Assert.Equal(0, shown);
        Assert.Equal("b", Receive(second).MessageId);
    }

    [Fact]
    public void Taken_and_deleted_it_is_gone()
    {
        var number = Defer("a");
        Assert.Equal(QueueError.None, _bench.Queue.ReceiveDeferred([number], null, takeAndDelete: true, _ => { }));
        Assert.Equal(QueueError.MessageNotFound, _bench.Queue.ReceiveDeferred([number], null, takeAndDelete: true, _ => { }));
        Assert.Empty(_bench.Journal.Rows);
    }

    [Fact]
    public void Deferred_message_of_a_session_is_its_holders_only()
    {
        using var bench = new QueueBench(new QueueOptions { Name = "q", RequiresSession = true });
        var number = bench.Send("a", "s");
        var holder = bench.Accept("s");
        bench.Queue.Defer(holder.Take().LockToken);
        Assert.Equal(QueueError.SessionLockLost, bench.Queue.ReceiveDeferred([number], bench.Accept("other"), takeAndDelete: false, _ => { }));
        Assert.Equal(QueueError.SessionLockLost, bench.Queue.ReceiveDeferred([number], null, takeAndDelete: false, _ => { }));
        Assert.Equal(QueueError.None, bench.Queue.ReceiveDeferred([number], holder, takeAndDelete: false, _ => { }));
        holder.Leave();
        Assert.Equal(QueueError.None, bench.Queue.ReceiveDeferred([number], bench.Accept("s"), takeAndDelete: false, _ => { }));
    }

    private long Defer(string id)
    {
        var number = _bench.Send(id);
        Assert.Equal(QueueError.None, _bench.Queue.Defer(_bench.Consumer().Take().LockToken));
        return number;
    }

    private Delivery Receive(long number)
    {
        Delivery? taken = null;
        Assert.Equal(QueueError.None, _bench.Queue.ReceiveDeferred([number], null, takeAndDelete: false, message => taken = Delivery.Of(message)));
        return taken!;
    }
}
