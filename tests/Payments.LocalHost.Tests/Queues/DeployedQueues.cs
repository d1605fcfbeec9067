using LocalServiceBus.Configuration;
using Payments.LocalHost.Messaging;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>The queues of <c>infra/servicebus.json</c>, as the host has them built in.</summary>
internal static class DeployedQueues
{
    private const string DeployedLock = "PT1M30S";

    /// <param name="lockDuration">Another one than is deployed, for tests that wait for the locks of a dead host.</param>
    public static async Task<IReadOnlyList<QueueOptions>> ReadAsync(string lockDuration = DeployedLock)
    {
        using var reader = new StreamReader(typeof(LocalBroker).Assembly.GetManifestResourceStream("servicebus.json")!);
        return EmulatorConfiguration.Parse((await reader.ReadToEndAsync()).Replace(DeployedLock, lockDuration, StringComparison.Ordinal));
    }
}
