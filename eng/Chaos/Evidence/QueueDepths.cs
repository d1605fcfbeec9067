using Azure.Messaging.ServiceBus;
using Chaos.Clients;

namespace Chaos.Evidence;

/// <summary>Counts what is in the queues, whatever its state: waiting, locked or scheduled.</summary>
internal sealed class QueueDepths(int brokerPort)
{
    private const int MaxPeek = 1_000;

    private static readonly string[] Queues = ["payments", "payment-events", "orders"];

    public async Task<IReadOnlyDictionary<string, int>> CountAsync()
    {
        await using var client = BrokerClient.Connect(brokerPort, TimeSpan.FromSeconds(30));
        var depths = new Dictionary<string, int>();
        foreach (var queue in Queues)
        {
            depths[queue] = await CountAsync(client, queue);
        }

        return depths;
    }

    private static async Task<int> CountAsync(ServiceBusClient client, string queue)
    {
        await using var receiver = client.CreateReceiver(queue);
        var count = 0;
        for (var from = 0L; await receiver.PeekMessagesAsync(MaxPeek, from) is { Count: > 0 } messages; from = messages[^1].SequenceNumber + 1)
        {
            count += messages.Count;
        }

        return count;
    }
}
