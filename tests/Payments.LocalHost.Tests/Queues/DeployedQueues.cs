using LocalServiceBus.Configuration;
using Payments.LocalHost.Messaging;

namespace Payments.LocalHost.Tests.Queues;

/// <summary>The queues of <c>infra/servicebus.json</c>, as the host has them built in.</summary>
internal static class DeployedQueues
{
    public static async Task<IReadOnlyList<QueueOptions>> ReadAsync()
    {
        using var reader = new StreamReader(typeof(LocalBroker).Assembly.GetManifestResourceStream("servicebus.json")!);
        return EmulatorConfiguration.Parse(await reader.ReadToEndAsync());
    }
}
