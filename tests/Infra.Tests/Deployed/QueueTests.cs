using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessIdempotency;

namespace Infra.Tests.Deployed;

[Collection(DeploymentsGroup.Name)]
public sealed class QueueTests(Deployments deployments)
{
    private const string QueueType = "Microsoft.ServiceBus/namespaces/queues";
    private const string TimeToLive = "DefaultMessageTimeToLive";

    /// <summary>A dead letter may be resubmitted this long; the alert's text says so too.</summary>
    private static readonly TimeSpan Resubmission = TimeSpan.FromDays(7);

    private static readonly string[] Shared =
    [
        "RequiresSession", "RequiresDuplicateDetection", "DuplicateDetectionHistoryTimeWindow", "LockDuration",
        "MaxDeliveryCount", TimeToLive, "DeadLetteringOnMessageExpiration",
    ];

    [Fact]
    public void The_app_has_three_queues_with_sessions_duplicate_detection_and_dead_lettering()
    {
        Assert.Equal(["orders", "payment-events", "payments"], ServiceBusFile.Queues.Keys.Order(StringComparer.Ordinal));
        Assert.All(ServiceBusFile.Queues.Values, properties =>
        {
            Assert.True((bool)properties["RequiresSession"]!);
            Assert.True((bool)properties["RequiresDuplicateDetection"]!);
            Assert.True((bool)properties["DeadLetteringOnMessageExpiration"]!);
            Assert.Equal(TimeSpan.FromMinutes(5), ServiceBusFile.Duration(properties["DuplicateDetectionHistoryTimeWindow"]));
        });
    }

    [Fact]
    public void The_file_stays_within_what_the_official_emulator_accepts()
    {
        // Its schema asks for all three, topics even where there are none.
        Assert.Equal(["Name", "Queues", "Topics"], ServiceBusFile.Namespace.Select(member => member.Key));
        Assert.Equal("sbemulatorns", (string)ServiceBusFile.Namespace["Name"]!);
        Assert.All(ServiceBusFile.Queues.Values, properties =>
        {
            Assert.InRange((int)properties["MaxDeliveryCount"]!, 1, 10);
            Assert.InRange(ServiceBusFile.Duration(properties["LockDuration"]), TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));
            Assert.InRange(ServiceBusFile.Duration(properties[TimeToLive]), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));
        });
    }

    [Fact]
    public void The_file_sets_what_the_template_reads_and_nothing_that_it_would_lose()
    {
        Assert.All(ServiceBusFile.Queues.Values, properties => Assert.Equal(
            Shared.Order(StringComparer.Ordinal),
            properties.Select(property => property.Key).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Deployments.Names), MemberType = typeof(Deployments))]
    public void No_queue_is_deployed_that_is_not_in_the_file(string deployment)
    {
        Assert.Equal(
            ServiceBusFile.Queues.Keys.Order(StringComparer.Ordinal),
            deployments.Get(deployment).All(QueueType).Select(queue => queue.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Deployments.NamesAndQueues), MemberType = typeof(Deployments))]
    public void A_deployed_queue_is_as_in_the_file(string deployment, string queue)
    {
        var expected = ServiceBusFile.Queues[queue];
        var deployed = deployments.Get(deployment).The(QueueType, queue).Properties;

        // Production holds messages longer than the emulator allows: the one setting that a stage may change.
        Assert.All(Shared.Where(name => name != TimeToLive || deployment is "dev" or "private"), name => Assert.True(
            JsonNode.DeepEquals(expected[name], deployed[JsonNamingPolicy.CamelCase.ConvertName(name)]),
            $"{queue}.{name}"));
        Assert.True(ServiceBusFile.Duration(deployed["defaultMessageTimeToLive"]) >= ServiceBusFile.Duration(expected[TimeToLive]));
        Assert.False((bool)deployed["enablePartitioning"]!);
    }

    [Theory]
    [MemberData(nameof(Deployments.NamesAndQueues), MemberType = typeof(Deployments))]
    public void Processed_events_are_known_longer_than_any_way_a_duplicate_can_come_back(string deployment, string queue)
    {
        var properties = deployments.Get(deployment).The(QueueType, queue).Properties;
        var retention = deployments.Get(deployment).DurationSetting("Inbox__Retention");
        var redelivery = (int)properties["maxDeliveryCount"]! * deployments.Get(deployment).DurationSetting("Inbox__Rules__LockDuration");
        var held = ServiceBusFile.Duration(properties["defaultMessageTimeToLive"]);

        Assert.True(retention > ServiceBusFile.Duration(properties["duplicateDetectionHistoryTimeWindow"]), "duplicate window");
        // An effect is committed, its completion is lost, the consumers stop: the message waits out its time to live,
        // becomes a dead letter and is resubmitted on the last day.
        Assert.True(retention > held + redelivery + Resubmission, $"{retention} > {held} + {redelivery} + {Resubmission}");
    }

    [Theory]
    [MemberData(nameof(Deployments.NamesAndQueues), MemberType = typeof(Deployments))]
    public void A_delivery_after_a_crash_finds_the_lease_lapsed(string deployment, string queue)
    {
        var lockDuration = ServiceBusFile.Duration(deployments.Get(deployment).The(QueueType, queue).Properties["lockDuration"]);

        // Otherwise the redelivery is "in progress elsewhere", and ten of those are a dead letter.
        Assert.True(lockDuration > deployments.Get(deployment).DurationSetting("Idempotency__Lease") + new IdempotencyOptions().ClockSkewMargin);
    }
}
