using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Chaos.Randomness;

namespace Chaos.Clients;

/// <summary>Places orders for things that are scarce, and brings new ones in.</summary>
internal sealed class OrderClient(RetryingClient client, Story story, Random random)
{
    private const int Accounts = 8;
    private const long FirstStock = 20;

    private static readonly string[] Skus = ["lamp", "chair", "table", "shelf"];
    private static readonly string[] Methods = ["pm_ok", "pm_ok", "pm_ok", "pm_slow_300", "pm_lost_reply", "pm_unavailable", "pm_declined"];

    // A total that is divisible by every quantity, so that it says which order it is.
    private const long TotalStep = 6;

    public static async Task SetFirstStockAsync(RetryingClient client, Story story)
    {
        foreach (var sku in Skus)
        {
            await SetStockAsync(client, story, sku, FirstStock);
        }
    }

    /// <summary>A few more of one thing, never enough for all.</summary>
    public Task RestockAsync()
    {
        var sku = random.Of(Skus);
        return SetStockAsync(client, story, sku, story.StockSettings[sku].Max() + random.Next(1, 8));
    }

    public async Task OrderAsync()
    {
        var intent = NewIntent();
        var answer = await client.PostAsync(intent.Place);
        if (answer.Status != 201)
        {
            story.Differences.Enqueue($"The order {intent.Reference} was answered {answer}.");
            return;
        }

        if (random.Happens(0.2))
        {
            await OrderAgainAsync(intent, IdOf(answer));
        }
    }

    /// <summary>The same order under another key: it is the same order.</summary>
    private async Task OrderAgainAsync(OrderIntent intent, string? id)
    {
        var answer = await client.PostAsync(story.Add(new KeyedRequest(intent.Place.Path, $"again-{random.Next():x8}", intent.Place.Body)));
        if (answer.Status != 200 || IdOf(answer) != id)
        {
            story.Differences.Enqueue($"The order {intent.Reference}, which is {id}, was under another key answered {answer}.");
        }
    }

    private OrderIntent NewIntent()
    {
        var number = story.NextNumber();
        var total = number * TotalStep;
        var first = random.Next(Skus.Length);
        var quantity = random.Next(1, 4);
        List<OrderLine> lines = [new OrderLine(Skus[first], quantity, total / quantity)];
        if (random.Happens(0.5))
        {
            lines.Add(new OrderLine(Skus[(first + random.Next(1, Skus.Length)) % Skus.Length], random.Next(1, 3), UnitPrice: 0));
        }

        var (user, reference, account, method) = ($"user-{random.Next(20)}", string.Create(CultureInfo.InvariantCulture, $"ref-{number}"), $"buyer-{random.Next(Accounts)}", random.Of(Methods));
        var items = string.Join(',', lines.Select(line => $$"""{"sku":"{{line.Sku}}","quantity":{{line.Quantity}},"unitPrice":{{line.UnitPrice}}}"""));
        var request = story.Add(new KeyedRequest(
            "/api/orders",
            $"order-{number}-{random.Next():x8}",
            $$"""{"userId":"{{user}}","orderReference":"{{reference}}","items":[{{items}}],"currency":"EUR","accountId":"{{account}}","paymentMethod":"{{method}}"}"""));
        var intent = new OrderIntent(user, reference, account, total, method, lines, request);
        story.Orders.Enqueue(intent);
        return intent;
    }

    private static string? IdOf(Answer answer) => JsonDocument.Parse(answer.Body).RootElement.GetProperty("id").GetString();

    private static async Task SetStockAsync(RetryingClient client, Story story, string sku, long quantity)
    {
        story.StockSettings.GetOrAdd(sku, _ => new ConcurrentQueue<long>()).Enqueue(quantity);
        var answer = await client.PutAsync($"/api/stock/{sku}", $$"""{"quantity":{{quantity}}}""");

        // 409: another client has set more in the meantime, and more is held than this.
        if (answer.Status is not (200 or 409))
        {
            story.Differences.Enqueue($"Setting the stock of {sku} to {quantity} was answered {answer}.");
        }
    }
}
