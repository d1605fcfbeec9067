using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

public sealed class DeliveryCountTests : IDisposable
{
    private readonly QueueBench _bench = new(new QueueOptions { Name = "q", LockDuration = TimeSpan.FromSeconds(30), MaxDeliveryCount = 3 });

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Abandoning_and_lapsing_count_and_releasing_does_not()
    {
        _bench.Send("a");
        var consumer = _bench.Consumer();
        Assert.Equal(QueueError.None, _bench.Queue.Abandon(consumer.Take().LockToken, failed: false));
        Assert.Equal(QueueError.None, _bench.Queue.Abandon(consumer.Take().LockToken));
        var second = consumer.Take();
        Assert.Equal(1, second.DeliveryCount);
        _bench.Advance(30);
        Assert.Equal(2, consumer.Take().DeliveryCount);
    }

    [Fact]
    public void Delivery_beyond_the_maximum_is_a_dead_letter_that_says_so()
    {
        _bench.Send("a");
        var consumer = _bench.Consumer();
        _bench.Queue.Abandon(consumer.Take().LockToken);
        consumer.Take();
        _bench.Advance(30);
        _bench.Queue.Abandon(consumer.Take().LockToken);
        Assert.Empty(consumer.Take(1));
        var letter = Assert.Single(QueueBench.Peek(_bench.DeadLetters));
        Assert.Equal("a", letter.MessageId);
        Assert.Equal(3, letter.DeliveryCount);
        Assert.Equal("MaxDeliveryCountExceeded", letter.Reason);
        Assert.Contains("3", letter.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Abandoned_message_keeps_its_place_and_takes_changed_properties_along()
    {
        _bench.Send("a");
        _bench.Send("b");
        var consumer = _bench.Consumer();
        var taken = consumer.Take(2);
        _bench.Queue.Abandon(taken[1].LockToken);
        _bench.Queue.Abandon(taken[0].LockToken, new Dictionary<string, object?> { ["tried"] = 1 });
        var again = consumer.Take(2);
        Assert.Equal(["a", "b"], again.Select(message => message.MessageId));
        Assert.Equal(1, again[0].Properties["tried"]);
        Assert.Empty(again[1].Properties);
    }

    [Fact]
    public void Dead_letter_of_a_dead_letter_is_refused_and_its_deliveries_have_no_maximum()
    {
        _bench.Send("a");
        _bench.Queue.DeadLetter(_bench.Consumer().Take().LockToken, "why", "what to do", new Dictionary<string, object?> { ["hint"] = "h" });
        var letter = Assert.Single(QueueBench.Peek(_bench.DeadLetters));
        Assert.Equal(("why", "what to do", "h"), (letter.Reason, letter.Description, letter.Properties["hint"]));

        var reader = new TestConsumer(_bench.DeadLetters) { TakesAndDeletes = false };
        for (var i = 1; i <= 5; i++)
        {
            var taken = reader.Take();
            Assert.Equal(i, taken.DeliveryCount);
            Assert.Equal(QueueError.AlreadyDeadLettered, _bench.DeadLetters.DeadLetter(taken.LockToken, "again", null));
            Assert.Equal(QueueError.None, _bench.DeadLetters.Abandon(taken.LockToken));
        }
    }

    [Fact]
    public void A_resubmitted_dead_letter_goes_to_the_end_of_the_queue()
    {
        var number = _bench.Send("a");
        _bench.Queue.DeadLetter(_bench.Consumer().Take().LockToken, "why", null);
        _bench.Send("b");
        Assert.True(_bench.DeadLetters.TryResubmit(number, _bench.Queue, content => content));
        Assert.False(_bench.DeadLetters.TryResubmit(number, _bench.Queue, content => content));
        var taken = _bench.Consumer().Take(2);
        Assert.Equal(["b", "a"], taken.Select(message => message.MessageId));
        Assert.Equal(0, taken[1].DeliveryCount);
        Assert.Empty(QueueBench.Ids(_bench.DeadLetters));
    }

    [Fact]
    public void Locked_dead_letter_is_not_resubmitted()
    {
        var number = _bench.Send("a");
        _bench.Queue.DeadLetter(_bench.Consumer().Take().LockToken, "why", null);
        new TestConsumer(_bench.DeadLetters) { TakesAndDeletes = false }.Take();
        Assert.False(_bench.DeadLetters.TryResubmit(number, _bench.Queue, content => content));
    }
}
