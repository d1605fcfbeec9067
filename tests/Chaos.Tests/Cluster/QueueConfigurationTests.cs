using Chaos.Cluster;
using LocalServiceBus.Configuration;

namespace Chaos.Tests.Cluster;

public sealed class QueueConfigurationTests
{
    [Fact]
    public void The_deployed_queues_get_short_locks_and_lose_their_duplicate_detection()
    {
        var queues = EmulatorConfiguration.Parse(QueueConfiguration.Create());

        Assert.Equal(["payments", "payment-events", "orders"], queues.Select(queue => queue.Name));
        Assert.All(queues, queue => Assert.Equal((TimeSpan.FromSeconds(10), false, true), (queue.LockDuration, queue.RequiresDuplicateDetection, queue.RequiresSession)));
    }
}
