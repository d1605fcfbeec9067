using Chaos.Cluster;
using Chaos.Evidence;

namespace Chaos.Run;

/// <summary>Looks for what is in flight: requests, messages, orders. Parked orders are taken up again, as a person would.</summary>
internal sealed class WorkInFlight(PaymentsCluster cluster)
{
    /// <summary>The reasons of orders that were parked and taken up again.</summary>
    public List<string> TakenUp { get; } = [];

    /// <summary>One look at one thing after another, while they move.</summary>
    /// <returns>What is in flight, in a few words; empty where nothing was seen.</returns>
    public async Task<string> LookAsync(CancellationToken cancellationToken)
    {
        // It has another address after each start.
        using var api = new ApiReader(cluster.Instances[0].Address!);
        var parked = await api.ParkedAsync();

        // An undecided payment is its caller's to ask for again.
        foreach (var (id, reason) in parked.Where(work => work.Id.StartsWith("ord_", StringComparison.Ordinal)))
        {
            TakenUp.Add($"{id} {reason}");
            await api.RetryParkedAsync(id);
        }

        var queued = await new QueueDepths(cluster.Broker.Port).CountAsync();
        var tables = await new Tables(cluster.StorageConnection).ReadAsync(cancellationToken);
        string[] left =
        [
            .. Some(parked.Count, "parked until now"),
            .. queued.Where(queue => queue.Value > 0).Select(queue => $"{queue.Value} in {queue.Key}"),
            .. Some(cluster.Http.InFlight, "requests"),
            .. Some(tables.UnsentMessages.Count, "unsent"),
            .. Some(tables.InProgress.Count, "operations in progress"),
        ];

        // Whatever an order still waits for is in its queue, so an empty one says that they have ended; the check of orders looks at each.
        return string.Join(", ", left);
    }

    private static string[] Some(int count, string what) => count == 0 ? [] : [$"{count} {what}"];
}
