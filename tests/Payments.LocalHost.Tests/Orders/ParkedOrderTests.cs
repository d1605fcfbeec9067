using System.Net;
using System.Text;
using System.Text.Json;

namespace Payments.LocalHost.Tests.Orders;

/// <summary>An order whose charge stays undecided, from its parking to a person's decision, on either real host.</summary>
public sealed class ParkedOrderTests(AppFixture app) : IClassFixture<AppFixture>
{
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];

    [Theory]
    [InlineData(HostProgram.LocalHost)]
    [InlineData(HostProgram.FunctionApp)]
    public async Task An_order_that_is_parked_goes_on_as_a_person_decides(HostProgram program)
    {
        await using var host = await app.ServeAsync(program);
        using var client = await host.ClientAsync();
        using var limit = new CancellationTokenSource(Until.Limit);
        using (var stock = await client.PutAsync($"/api/stock/thing-{_run}", Json("""{"quantity":3}"""), limit.Token))
        {
            Assert.Equal(HttpStatusCode.OK, stock.StatusCode);
        }

        var order = new OrderStory($"{_run}-1", "pm_unknown", $"acct-{_run}", $"thing-{_run}", price: 250);
        await order.PlaceAsync(() => client, limit.Token);
        await order.UntilAsync(() => client, status => status == "parked", limit.Token);
        Assert.Equal("Parked: a person has to decide about the step charge.", order.Outcome);
        var first = await ParkedAsync(client, order);
        Assert.Equal("Its outcome is unknown, and the other side can't tell: The payment gateway has not decided yet.", first.Text("reason"));
        Assert.Equal(("charge", "step"), (first.Text("step"), first.Text("doing")));

        // Tried again it is undecided again: another parking, with a name of its own.
        Assert.Equal((HttpStatusCode.OK, "retry"), await ResolveAsync(client, first, "retry", "The bank says: try once more."));
        await order.UntilAsync(() => client, status => status != "parked", limit.Token);
        await order.UntilAsync(() => client, status => status == "parked", limit.Token);
        var second = await ParkedAsync(client, order);
        Assert.NotEqual(first.Text("id"), second.Text("id"));

        Assert.Equal((HttpStatusCode.OK, "failed"), await ResolveAsync(client, second, "failed", "The bank knows nothing of it."));
        Assert.Equal((HttpStatusCode.OK, "failed"), await ResolveAsync(client, second, "failed", "Asked twice."));
        Assert.Equal(HttpStatusCode.Conflict, (await ResolveAsync(client, second, "succeeded", "No, it was paid.")).Status);
        Assert.Equal((HttpStatusCode.OK, "retry"), await ResolveAsync(client, first, "retry", "Late."));
        await order.UntilAsync(() => client, status => status == "cancelled", limit.Token);

        Assert.Equal($$"""{"sku":"thing-{{_run}}","available":3,"reserved":0}""", await client.GetStringAsync($"/api/stock/thing-{_run}", limit.Token));
        Assert.Empty(await client.ListAsync($"/api/simulator/charges?accountId=acct-{_run}"));
        using var document = JsonDocument.Parse(await client.GetStringAsync($"/api/orders/{order.Id}", limit.Token));
        Assert.Equal(
            ["retry: The bank says: try once more.", "failed: The bank knows nothing of it."],
            document.RootElement.GetProperty("decisions").EnumerateArray().Select(decision => $"{decision.Text("decision")}: {decision.Text("note")}"));
    }

    private static async Task<JsonElement> ParkedAsync(HttpClient client, OrderStory order) =>
        Assert.Single(await client.ListAsync("/api/parked"), parked => parked.Text("orderId") == order.Id);

    private static async Task<(HttpStatusCode Status, string? Decision)> ResolveAsync(HttpClient client, JsonElement parked, string decision, string note)
    {
        using var response = await client.PostAsync($"/api/parked/{parked.Text("id")}/resolve", Json(JsonSerializer.Serialize(new { decision, note })));
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, body.RootElement.TryGetProperty("decision", out var made) ? made.GetString() : null);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
