using Chaos.Cluster;
using Chaos.Evidence;

namespace Chaos.Run;

/// <summary>Waits until nothing is in flight any more: no request, no message, no order. Parked orders are taken up again, as a person would.</summary>
internal sealed class Quiescence(PaymentsCluster cluster)
{
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>The reasons of orders that were parked and taken up again.</summary>
    public List<string> TakenUp { get; } = [];

    /// <summary>What is still in flight, in a few words; empty once nothing is.</summary>
    public string InFlight { get; private set; } = "unknown";

    /// <returns>False where it did not come to rest in time.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        using var api = new ApiReader(cluster.Instances[0].Address!);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            while (true)
            {
                InFlight = await TryLookAsync(api, timeout.Token);
                if (InFlight.Length == 0)
                {
                    return true;
                }

                await Task.Delay(Pause, timeout.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<string> TryLookAsync(ApiReader api, CancellationToken cancellationToken)
    {
        try
        {
            return await LookAsync(api, cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            // A process that has only just started again may not answer yet.
            return $"unknown: {exception.Message}";
        }
    }

    private async Task<string> LookAsync(ApiReader api, CancellationToken cancellationToken)
    {
        foreach (var (id, reason) in await api.ParkedAsync())
        {
            TakenUp.Add($"{id} {reason}");
            await api.RetryParkedAsync(id);
        }

        var queued = await new QueueDepths(cluster.Broker.Port).CountAsync();
        var tables = await new Tables(cluster.StorageConnection).ReadAsync(cancellationToken);
        string[] left =
        [
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
