using LocalServiceBus.Configuration;
using LocalServiceBus.Queues;

namespace LocalServiceBus.Tests.Queues;

public sealed class ForwardingTests
{
    [Fact]
    public void A_dead_letter_goes_to_the_named_queue_with_its_source_and_a_delivery_count_of_zero()
    {
        using var bench = new QueueBench(
            new QueueOptions { Name = "q", MaxDeliveryCount = 5, ForwardDeadLetteredMessagesTo = "all-dead" },
            new QueueOptions { Name = "all-dead", MaxDeliveryCount = 2 });
        bench.Send("a");
        for (var i = 0; i < 5; i++)
        {
            bench.Queue.Abandon(bench.Consumer().Take().LockToken);
        }

        Assert.Empty(QueueBench.Ids(bench.DeadLetters));
        var reader = new TestConsumer(bench["all-dead"]) { TakesAndDeletes = false };
        var taken = reader.Take();
        Assert.Equal(("a", "MaxDeliveryCountExceeded", 0), (taken.MessageId, taken.Reason, taken.DeliveryCount));
        bench["all-dead"].Peek(0, 1, null, message => Assert.Equal("q", message.DeadLetterSource));

        // One failure there is one of its own two.
        bench["all-dead"].Abandon(taken.LockToken);
        Assert.Equal(1, reader.Take().DeliveryCount);
    }

    [Fact]
    public void Two_queues_that_forward_to_each_other_hand_a_message_to_and_fro()
    {
        using var bench = new QueueBench(
            new QueueOptions { Name = "q", MaxDeliveryCount = 1, ForwardDeadLetteredMessagesTo = "p" },
            new QueueOptions { Name = "p", MaxDeliveryCount = 1, ForwardDeadLetteredMessagesTo = "q" });
        bench.Send("a");
        for (var i = 0; i < 3; i++)
        {
            Fail(bench["q"]);
            Fail(bench["p"]);
        }

        Assert.Equal(["a"], QueueBench.Ids(bench["q"]));
        Assert.Empty(QueueBench.Ids(bench["p"]));
        Assert.Single(bench.Journal.Rows);
    }

    [Fact]
    public void Expired_message_is_forwarded_with_the_time_to_live_of_its_new_queue()
    {
        using var bench = new QueueBench(
            new QueueOptions { Name = "q", DeadLetteringOnMessageExpiration = true, ForwardDeadLetteredMessagesTo = "all-dead" },
            new QueueOptions { Name = "all-dead" });
        bench.Send("a", timeToLive: TimeSpan.FromSeconds(5));
        bench.Advance(5);
        Assert.Equal(["a"], QueueBench.Ids(bench["all-dead"]));
    }

    private static void Fail(MessageQueue queue)
    {
        var taken = new TestConsumer(queue) { TakesAndDeletes = false }.Take();
        Assert.Equal(QueueError.None, queue.Abandon(taken.LockToken));
    }
}
