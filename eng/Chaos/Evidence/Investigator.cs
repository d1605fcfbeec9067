using System.Collections.Concurrent;
using System.Text.Json;
using Chaos.Clients;
using Chaos.Cluster;

namespace Chaos.Evidence;

/// <summary>Collects the findings, once the system has come to rest.</summary>
internal sealed class Investigator(PaymentsCluster cluster, Story story)
{
    private const int AtOnce = 8;

    public async Task<Findings> CollectAsync(CancellationToken cancellationToken)
    {
        using var api = new ApiReader(cluster.Instances[0].Address!);
        var replays = await EachAsync(story.Requests, request => ReplayAsync(api, request), cancellationToken);

        // Read after the replays: what one of them did against law 1 would be seen here, too.
        var tables = await new Tables(cluster.StorageConnection).ReadAsync(cancellationToken);
        var accounts = story.Payments.Select(intent => intent.Account).Concat(story.Orders.Select(intent => intent.Account)).Distinct().ToList();
        return new Findings
        {
            Replays = replays,
            Tables = tables,
            Charges = [.. (await EachAsync(accounts, api.ChargesAsync, cancellationToken)).SelectMany(charges => charges)],
            Payments = await EachAsync(tables.Payments, api.PaymentAsync, cancellationToken),
            Statements = await EachAsync(accounts, api.StatementAsync, cancellationToken),
            Mailbox = await api.MailboxAsync(),
            Orders = await EachAsync(OrderIds(), api.OrderAsync, cancellationToken),
            Stock = await EachAsync(story.StockSettings.Keys, api.StockAsync, cancellationToken),
            Parked = [.. (await api.ParkedAsync()).Select(parked => $"{parked.Id} {parked.Reason}")],
            DeadLetters = await api.DeadLettersAsync(),
            Queued = await new QueueDepths(cluster.Broker.Port).CountAsync(),
        };
    }

    public IEnumerable<string> OrderIds() => story.Orders
        .Select(intent => intent.Place.First)
        .Where(answer => answer is { Status: 201 })
        .Select(answer => JsonDocument.Parse(answer!.Body).RootElement.GetProperty("id").GetString()!);

    private async Task<Replay> ReplayAsync(ApiReader api, KeyedRequest request)
    {
        var client = new RetryingClient(api.Http, story, new Random(0));
        for (var attempt = 1; ; attempt++)
        {
            if (await client.SendAsync(HttpMethod.Post, request.Path, request.Key, request.Body, TimeSpan.FromSeconds(60)) is { } answer)
            {
                return new Replay(request, answer);
            }

            if (attempt == 20)
            {
                return new Replay(request, new Answer(0, [], IsReplay: false));
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task<IReadOnlyList<TResult>> EachAsync<T, TResult>(IEnumerable<T> items, Func<T, Task<TResult>> read, CancellationToken cancellationToken)
    {
        var results = new ConcurrentQueue<TResult>();
        await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (item, _) => results.Enqueue(await read(item)));
        return [.. results];
    }
}
