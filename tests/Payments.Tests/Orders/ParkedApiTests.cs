using System.Net;
using System.Text.Json;
using Payments.Queues;
using ServerlessIdempotency.Inbox;

namespace Payments.Tests.Orders;

/// <summary>Parked work over HTTP: listed with its reason, decided once, and kept with the note.</summary>
public sealed class ParkedApiTests : IAsyncLifetime
{
    private const string Undecided = """{"userId":"u-1","orderReference":"r-1","items":[{"sku":"thing","quantity":2,"unitPrice":250}],"currency":"EUR","accountId":"acct-1","paymentMethod":"pm_unknown"}""";

    private ApiHost _host = null!;
    private int _delivered;

    public async Task InitializeAsync()
    {
        _host = await ApiHost.StartAsync();
        using var stock = new StringContent("""{"quantity":5}""", System.Text.Encoding.UTF8, "application/json");
        await _host.Client.PutAsync(new Uri("/api/stock/thing", UriKind.Relative), stock);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task An_undecided_charge_parks_the_order_with_its_reason_and_a_decision_is_made_once()
    {
        var (order, parked) = await ParkAsync();
        Assert.Equal(
            ("charge", "step", "Its outcome is unknown, and the other side can't tell: The payment gateway has not decided yet."),
            (parked.GetProperty("step").GetString(), parked.GetProperty("doing").GetString(), parked.GetProperty("reason").GetString()));
        var id = parked.GetProperty("id").GetString();

        var decided = await ResolveAsync(id!, """{"decision":"failed","note":"The bank knows nothing of it."}""");
        var again = await ResolveAsync(id!, """{"decision":"failed","note":"Another note."}""");
        var otherwise = await ResolveAsync(id!, """{"decision":"succeeded","note":"It was paid."}""");
        await DeliverAsync();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict), (decided.StatusCode, again.StatusCode, otherwise.StatusCode));
        Assert.Equal(await decided.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        var conflict = await ApiHost.JsonAsync(otherwise);
        Assert.EndsWith("/parked-decided-otherwise", conflict.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Contains("'failed'", conflict.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("[]", await _host.Client.GetStringAsync(new Uri("/api/parked", UriKind.Relative)));
        var view = await _host.GetAsync($"/api/orders/{order}");
        Assert.Equal("cancelled", view.GetProperty("status").GetString());
        var decision = Assert.Single(view.GetProperty("decisions").EnumerateArray());
        Assert.Equal(
            (id, "failed", "The bank knows nothing of it.", "anonymous", "charge"),
            (decision.GetProperty("id").GetString(), decision.GetProperty("decision").GetString(), decision.GetProperty("note").GetString(), decision.GetProperty("by").GetString(), decision.GetProperty("step").GetString()));
        Assert.Equal("[]", await _host.Client.GetStringAsync(new Uri("/api/simulator/charges?accountId=acct-1", UriKind.Relative)));
        Assert.Equal("""{"sku":"thing","available":5,"reserved":0}""", await _host.Client.GetStringAsync(new Uri("/api/stock/thing", UriKind.Relative)));
    }

    [Fact]
    public async Task An_order_that_is_tried_again_and_parked_again_has_another_id_and_the_old_decision_stays()
    {
        var (order, parked) = await ParkAsync();
        var first = parked.GetProperty("id").GetString()!;
        await ResolveAsync(first, """{"decision":"retry","note":"Once more."}""");
        await DeliverAsync();

        var second = Assert.Single((await _host.GetAsync("/api/parked")).EnumerateArray()).GetProperty("id").GetString()!;
        Assert.NotEqual(first, second);
        Assert.Equal(HttpStatusCode.Conflict, (await ResolveAsync(first, """{"decision":"failed","note":"Late."}""")).StatusCode);
        Assert.Equal("parked", (await _host.GetAsync($"/api/orders/{order}")).GetProperty("status").GetString());

        await ResolveAsync(second, """{"decision":"succeeded","note":"The statement shows it."}""");
        await DeliverAsync();
        var view = await _host.GetAsync($"/api/orders/{order}");
        Assert.Equal("confirmed", view.GetProperty("status").GetString());
        Assert.Equal(["retry", "succeeded"], view.GetProperty("decisions").EnumerateArray().Select(decision => decision.GetProperty("decision").GetString()!));
    }

    [Fact]
    public async Task Of_many_persons_at_once_one_decides()
    {
        var (_, parked) = await ParkAsync();
        var id = parked.GetProperty("id").GetString()!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => ResolveAsync(id, $$"""{"decision":"{{(number % 2 == 0 ? "failed" : "succeeded")}}","note":"Person {{number}}."}""")));

        Assert.Equal([6, 6], answers.GroupBy(answer => answer.StatusCode).Select(group => group.Count()));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Distinct().Order());
    }

    [Theory]
    [InlineData("""{"decision":"guess","note":"n"}""", "decision")]
    [InlineData("""{"decision":1,"note":"n"}""", "decision")]
    [InlineData("""{"note":"n"}""", "decision")]
    [InlineData("""{"decision":"retry"}""", "note")]
    [InlineData("""{"decision":"retry","note":" "}""", "note")]
    [InlineData("""{"decision":"retry","note":"\ud800"}""", "note")]
    [InlineData("""{"decision":"retry","note":"n","by":"eve"}""", "by")]
    [InlineData("""{"decision":"retry","decision":"failed","note":"n"}""", "")]
    [InlineData("""{"\ud800":1}""", "")]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    public async Task A_decision_that_is_not_valid_is_refused_with_the_members_named(string body, string member)
    {
        var (_, parked) = await ParkAsync();

        var answer = await ResolveAsync(parked.GetProperty("id").GetString()!, body);

        var problem = await ApiHost.JsonAsync(answer);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(problem.GetProperty("errors").TryGetProperty(member, out _), problem.GetRawText());
        Assert.Single((await _host.GetAsync("/api/parked")).EnumerateArray());
    }

    [Fact]
    public async Task Another_merchant_sees_and_decides_nothing_of_mine()
    {
        var (_, parked) = await ParkAsync();

        var answer = await _host.PostAsync($"/api/parked/{parked.GetProperty("id").GetString()}/resolve", """{"decision":"retry","note":"n"}""", key: null, merchant: "bob");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Single((await _host.GetAsync("/api/parked")).EnumerateArray());
    }

    private Task<HttpResponseMessage> ResolveAsync(string id, string body) => _host.PostAsync($"/api/parked/{id}/resolve", body, key: null);

    private async Task<(string Order, JsonElement Parked)> ParkAsync()
    {
        var order = (await ApiHost.JsonAsync(await _host.PostAsync("/api/orders", Undecided))).GetProperty("id").GetString()!;
        await DeliverAsync();
        return (order, Assert.Single((await _host.GetAsync("/api/parked")).EnumerateArray()));
    }

    // What was sent since the last time, each message once; one that comes too early is not needed here.
    private async Task DeliverAsync()
    {
        while (await _host.SentAsync() is { } sent && sent.Count > _delivered)
        {
            foreach (var message in sent.Skip(_delivered).Where(message => message.Queue == PaymentsQueues.Orders))
            {
                Assert.IsNotType<Settlement.DeadLetter>(await _host.Orders.ReceiveAsync(message.Subject, message.Body, default));
            }

            _delivered = sent.Count;
        }
    }
}
