using LocalServiceBus.Configuration;

namespace LocalServiceBus.Tests.Queues;

public sealed class DuplicateTests : IDisposable
{
    private readonly QueueBench _bench = new(new QueueOptions { Name = "q", RequiresDuplicateDetection = true, DuplicateDetectionHistoryTimeWindow = TimeSpan.FromSeconds(60) });

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Second_message_with_the_same_id_is_taken_and_dropped()
    {
        _bench.Send("a");
        _bench.Send("b");
        _bench.Send("a");
        Assert.Equal(["a", "b"], QueueBench.Ids(_bench.Queue));
    }

    [Fact]
    public void Window_starts_at_the_first_send_and_a_repeat_does_not_prolong_it()
    {
        _bench.Send("a");
        _bench.Advance(59);
        _bench.Send("a");
        Assert.Single(QueueBench.Ids(_bench.Queue));
        _bench.Advance(1);
        _bench.Send("a");
        Assert.Equal(2, QueueBench.Ids(_bench.Queue).Length);
    }

    [Fact]
    public void Completed_message_is_still_known()
    {
        _bench.Send("a");
        _bench.Queue.Complete(_bench.Consumer().Take().LockToken);
        _bench.Send("a");
        Assert.Empty(QueueBench.Ids(_bench.Queue));
    }

    [Fact]
    public void Scheduled_message_is_known_from_when_it_was_sent()
    {
        _bench.Send("a", delay: TimeSpan.FromSeconds(50));
        _bench.Send("a");
        Assert.Single(QueueBench.Ids(_bench.Queue));
        _bench.Advance(60);
        _bench.Send("a");
        Assert.Equal(2, QueueBench.Ids(_bench.Queue).Length);
    }

    [Fact]
    public void Ids_differ_by_letter_case()
    {
        _bench.Send("a");
        _bench.Send("A");
        Assert.Equal(2, QueueBench.Ids(_bench.Queue).Length);
    }

    [Fact]
    public void Resubmission_is_on_purpose_and_not_dropped()
    {
        var number = _bench.Send("a");
        _bench.Queue.DeadLetter(_bench.Consumer().Take().LockToken, "why", null);
        Assert.True(_bench.DeadLetters.TryResubmit(number, _bench.Queue, content => content));
        Assert.Equal(["a"], QueueBench.Ids(_bench.Queue));
    }
}
