using System.Text.Json;
using Azure.Data.Tables;
using Xunit.Abstractions;

namespace Payments.LocalHost.Tests.Orders;

/// <summary>
/// Orders on the real thing: two hosts that are killed, a network to the storage that drops requests and replies, a broker that loses everything once, and a gateway
/// that declines, fails and loses replies. Whatever happens to an order, at the end it is confirmed, cancelled or parked, and stock, money and ledger agree with that.
/// </summary>
public sealed class OrderRunTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>
{
    private const int Orders = 200;
    private const int Stock = 20;

    // Far beyond what it takes on two busy cores: an order that hangs is found, a slow machine is not.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private static readonly string[] Methods = ["pm_ok", "pm_declined", "pm_lost_reply", "pm_unavailable", "pm_slow_50"];

    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private readonly int _seed = Random.Shared.Next();

    [Fact]
    public async Task Two_hundred_orders_over_twenty_units_on_two_hosts_that_are_killed_add_up()
    {
        output.WriteLine($"seed {_seed}");
        using var patience = new CancellationTokenSource(Patience);
        await using var hosts = await OrderHosts.StartAsync(azurite.ConnectionString);
        var sku = $"thing-{_run}";
        await OrderStory.UntilAnsweredAsync(() => hosts.Client(0).PutAsync($"/api/stock/{sku}", JsonContent($$"""{"quantity":{{Stock}}}"""), patience.Token), patience.Token);
        hosts.Storage.Faults = new StorageWeather(_seed).Choose;

        HttpClient AnyHost() => hosts.Client(Random.Shared.Next(2));
        var stories = Enumerable.Range(0, Orders)
            .Select(number => new OrderStory($"{_run}-{number}", number % 40 == 39 ? "pm_unknown" : Methods[number % Methods.Length], $"acct-{_run}-{number % 5}", sku, 100 + number))
            .ToList();
        try
        {
            var killing = KillAsync(hosts, patience.Token);
            await Task.WhenAll(stories.Select(story => story.PlaceAsync(AnyHost, patience.Token)));
            await killing;
            await Task.WhenAll(stories.Select(story => story.UntilAsync(AnyHost, status => status is "confirmed" or "cancelled" or "parked", patience.Token)));
        }
        finally
        {
            output.WriteLine($"{Told(stories)}; {hosts.Storage.Failed} of {hosts.Storage.Calls} calls to the storage failed.");
        }

        // A person decides about what is parked; before that it may hold stock.
        hosts.Storage.Faults = null;
        Assert.All(stories.Where(story => story.Status == "parked"), story => Assert.Contains("has not decided yet", story.Outcome, StringComparison.Ordinal));
        foreach (var parked in await hosts.Client(0).ListAsync("/api/parked"))
        {
            await OrderStory.UntilAnsweredAsync(
                () => AnyHost().PostAsync($"/api/parked/{parked.Text("id")}/resolve", JsonContent("""{"decision":"failed","note":"The bank knows nothing of it."}"""), patience.Token), patience.Token);
        }

        await Task.WhenAll(stories.Select(story => story.UntilAsync(AnyHost, status => status is "confirmed" or "cancelled", patience.Token)));
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

    private static async Task KillAsync(OrderHosts hosts, CancellationToken cancellationToken)
    {
        for (var kill = 0; kill < 4; kill++)
        {
            // The moment of the kill is the point of this test, so it is the clock's.
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(200, 1_700)), cancellationToken);
            await hosts.KillAndStartAgainAsync(kill % 2);
            if (kill == 2)
            {
                await hosts.LoseAllMessagesAsync();
            }
        }
    }

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
