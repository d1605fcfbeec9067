using System.Text.Json;
using Azure.Data.Tables;
using TestDoubles.Storage;
using Xunit.Abstractions;

namespace Payments.LocalHost.Tests.Orders;

/// <summary>
/// Orders on the real thing: two hosts that are killed, a network to the storage that drops requests and replies, a broker that loses everything once, and a gateway
/// that declines, fails and loses replies. Whatever happens to an order, at the end it is confirmed, cancelled or parked, and stock, money and ledger agree with that.
/// </summary>
public abstract class OrderRunCases(HostProgram program, int ordersEach, AzuriteFixture azurite, ITestOutputHelper output)
{
    private const int Stock = 20;

    private static readonly string[] Methods = ["pm_ok", "pm_declined", "pm_lost_reply", "pm_unavailable", "pm_slow_50"];

    // Where a host is killed, each time with new orders under way, and at the call of which share of them: only while there is stock is there a charge.
    private static readonly (string Name, double Share, Func<StorageCall, bool> IsOne, CallMoment Moment, bool LosesMessages)[] KillPoints =
    [
        ("a charge was made", 0.1, call => call.Operation == StorageOperation.Insert && call.IsTo(PaymentsTables.GatewayCharges), CallMoment.AfterEffect, false),
        ("an order is being placed", 0.5, call => call.Operation == StorageOperation.Transaction && call.IsTo(PaymentsTables.Orders) && call.HasRow("idem|"), CallMoment.BeforeEffect, false),
        ("an order's saga has gone on", 0.5, IsSagaTransition, CallMoment.AfterEffect, false),
        ("an order's saga is going on", 0.5, IsSagaTransition, CallMoment.BeforeEffect, true),
    ];

    private readonly string _run = Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Many_orders_over_twenty_units_on_two_hosts_that_are_killed_add_up()
    {
        using var limit = new CancellationTokenSource(Until.Limit);
        await using var hosts = await OrderHosts.StartAsync(program, azurite.ConnectionString);
        var sku = $"thing-{_run}";
        await OrderStory.UntilAnsweredAsync(() => hosts.Client(0).PutAsync($"/api/stock/{sku}", JsonContent($$"""{"quantity":{{Stock}}}"""), limit.Token), limit.Token);
        hosts.SetWeather(new StorageWeather());

        var stories = Enumerable.Range(0, ordersEach * KillPoints.Length)
            .Select(number => new OrderStory($"{_run}-{number}", number % 40 == 39 ? "pm_unknown" : Methods[number % Methods.Length], $"acct-{_run}-{number % 5}", sku, 100 + number))
            .ToList();
        try
        {
            for (var kill = 0; kill < KillPoints.Length; kill++)
            {
                await PlaceAndKillAsync(hosts, kill, [.. stories.Skip(kill * ordersEach).Take(ordersEach)], limit.Token);
            }

            await Task.WhenAll(stories.Select(story => story.UntilAsync(hosts.AnyClient, status => status is "confirmed" or "cancelled" or "parked", limit.Token)));
        }
        finally
        {
            output.WriteLine($"{Told(stories)}; {hosts.Failed} of {hosts.Calls} calls to the storage failed.");
        }

        // A person decides about what is parked; before that it may hold stock.
        hosts.SetWeather(null);
        Assert.All(stories.Where(story => story.Status == "parked"), story => Assert.Contains("a person has to decide about the step charge", story.Outcome, StringComparison.Ordinal));
        foreach (var parked in await hosts.Client(0).ListAsync("/api/parked"))
        {
            await OrderStory.UntilAnsweredAsync(
                () => hosts.AnyClient().PostAsync($"/api/parked/{parked.Text("id")}/resolve", JsonContent("""{"decision":"failed","note":"The bank knows nothing of it."}"""), limit.Token), limit.Token);
        }

        await Task.WhenAll(stories.Select(story => story.UntilAsync(hosts.AnyClient, status => status is "confirmed" or "cancelled", limit.Token)));
        var confirmed = stories.Where(story => story.Status == "confirmed").ToList();
        output.WriteLine(Told(stories));

        Assert.InRange(confirmed.Count, 1, Stock);
        Assert.Equal(
            $$"""{"sku":"{{sku}}","available":{{Stock - confirmed.Count}},"reserved":{{confirmed.Count}}}""",
            await hosts.Client(0).GetStringAsync($"/api/stock/{sku}"));
        var charges = await ChargesAsync(hosts.Client(1));
        Assert.All(charges, charge => Assert.Contains(charge.Text("status"), new[] { "captured", "refunded" }));
        Assert.Equal(confirmed.Sum(story => story.Total), charges.Where(charge => charge.Text("status") == "captured").Sum(charge => charge.GetProperty("amount").GetInt64()));
        Assert.Empty(await hosts.Client(0).ListAsync("/api/parked"));
        await AssertLedgerAsync(confirmed.Sum(story => story.Total));
    }

    private async Task PlaceAndKillAsync(OrderHosts hosts, int kill, IReadOnlyList<OrderStory> stories, CancellationToken cancellationToken)
    {
        var point = KillPoints[kill];
        using var held = new HeldCalls(point.IsOne, point.Moment, (int)(point.Share * ordersEach));
        hosts.Hold(held);
        var placing = Task.WhenAll(stories.Select(story => story.PlaceAsync(hosts.AnyClient, cancellationToken)));
        var network = await held.UnderWay.WaitAsync(cancellationToken);
        await hosts.KillAsync(network);
        if (point.LosesMessages)
        {
            // No saga goes on now, so the messages that should wake them are all there, that of the killed host among them.
            output.WriteLine($"The broker loses {hosts.Messages} messages.");
            Assert.NotEqual(0, hosts.Messages);
            await hosts.LoseAllMessagesAsync();
        }

        held.Drop();
        await hosts.StartAgainAsync(network);
        await placing;
        output.WriteLine($"A host was killed while {point.Name}.");
    }

    private static bool IsSagaTransition(StorageCall call) => call.Operation == StorageOperation.Transaction && call.IsTo(PaymentsTables.Orders) && call.HasRow("saga|");

    private async Task<List<JsonElement>> ChargesAsync(HttpClient client)
    {
        var charges = new List<JsonElement>();
        for (var account = 0; account < 5; account++)
        {
            charges.AddRange(await client.ListAsync($"/api/simulator/charges?accountId=acct-{_run}-{account}"));
        }

        return charges;
    }

    private async Task AssertLedgerAsync(long confirmedTotal)
    {
        var (merchant, transactions) = (0L, new Dictionary<string, long>());
        var table = new TableServiceClient(azurite.ConnectionString).GetTableClient("Payments");
        await foreach (var row in table.QueryAsync<TableEntity>("RowKey ge 'ledger|' and RowKey lt 'ledger}'"))
        {
            var amount = row.GetInt64("Amount")!.Value;
            var transaction = row.GetString("TransactionId");
            transactions[transaction] = transactions.GetValueOrDefault(transaction) + amount;
            merchant += row.GetString("AccountId").StartsWith("merchant:", StringComparison.Ordinal) ? amount : 0;
        }

        Assert.All(transactions, transaction => Assert.Equal(0, transaction.Value));
        Assert.Equal(confirmedTotal, Math.Abs(merchant));
    }

    private static StringContent JsonContent(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private static string Told(List<OrderStory> stories) => string.Join(", ", stories.GroupBy(story => story.Status).Select(group => $"{group.Key} {group.Count()}"));
}
