using System.Runtime.CompilerServices;
using LocalServiceBus.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace LocalServiceBus.Tests.OfficialClient;

/// <summary>
/// Each fact plays the scenario of its name, in tests/ServiceBusClient/scenarios, against a broker of its own whose clock stands
/// still until the scenario moves it.
/// </summary>
[Collection(SharedNodeClient.Name)]
public abstract class OfficialClientScenarios(NodeClient node)
{
    internal static readonly QueueOptions[] Queues =
    [
        new() { Name = "plain", LockDuration = TimeSpan.FromSeconds(30), MaxDeliveryCount = 3 },
        new() { Name = "sessions", LockDuration = TimeSpan.FromSeconds(30), RequiresSession = true },
        new() { Name = "duplicates", RequiresDuplicateDetection = true, DuplicateDetectionHistoryTimeWindow = TimeSpan.FromSeconds(60) },
        new() { Name = "expiring", DefaultMessageTimeToLive = TimeSpan.FromSeconds(60), DeadLetteringOnMessageExpiration = true },
        new() { Name = "forwarding", ForwardDeadLetteredMessagesTo = "plain" },
    ];

    protected async Task PlayAsync([CallerMemberName] string fact = "")
    {
        // The client compares the broker's times with its own clock, so the broker's starts at the real time.
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var bus = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = Queues, TimeProvider = clock });
        await node.PlayAsync(ScenarioName.Of(fact), bus.ConnectionString, clock.Advance);
    }
}
