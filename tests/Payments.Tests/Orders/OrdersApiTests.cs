using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Payments.Tests.Orders;

/// <summary>Orders, stock and parked work over HTTP.</summary>
public sealed class OrdersApiTests : IAsyncLifetime
{
    private const string Valid = """{"userId":"u-1","orderReference":"r-1","items":[{"sku":"thing","quantity":2,"unitPrice":250}],"currency":"EUR","accountId":"acct-1","paymentMethod":"pm_ok"}""";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task An_order_is_placed_read_and_found_again_under_another_key()
    {
        var placed = await _host.PostAsync("/api/orders", Valid);
        var body = await ApiHost.JsonAsync(placed);
        var read = JsonDocument.Parse(await _host.Client.GetStringAsync(placed.Headers.Location)).RootElement;
        var again = await _host.PostAsync("/api/orders", Valid, key: "k-2");

        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        Assert.Equal(("pending", 500, 3), (read.GetProperty("status").GetString(), read.GetProperty("total").GetInt64(), read.GetProperty("steps").GetArrayLength()));
        Assert.Equal("not begun", read.GetProperty("steps")[0].GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(body.GetProperty("id").GetString(), (await ApiHost.JsonAsync(again)).GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_same_key_replays_the_order_and_refuses_another_content()
    {
        await _host.PostAsync("/api/orders", Valid);
        var replayed = await _host.PostAsync("/api/orders", Valid);
        var taken = await _host.PostAsync("/api/orders", Valid.Replace("250", "251", StringComparison.Ordinal), key: "k-2");
        var mismatch = await _host.PostAsync("/api/orders", Valid.Replace("r-1", "r-2", StringComparison.Ordinal));

        Assert.Equal("true", Assert.Single(replayed.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(HttpStatusCode.Created, replayed.StatusCode);
        await AssertProblemAsync(taken, HttpStatusCode.Conflict, "order-reference-taken");
        await AssertProblemAsync(mismatch, HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        await AssertProblemAsync(await _host.PostAsync("/api/orders", Valid, key: null), HttpStatusCode.BadRequest, "idempotency-key-missing");
    }

    [Theory]
    [InlineData("\"userId\":\"u-1\",", "", "userId")]
    [InlineData("\"quantity\":2", "\"quantity\":0", "items[0]")]
    [InlineData("\"quantity\":2", "\"quantity\":-2", "items[0]")]
    [InlineData("\"quantity\":2", "\"quantity\":1000001", "items[0]")]
    [InlineData("\"quantity\":2", "\"quantity\":\"2\"", "items[0]")]
    [InlineData("{\"sku\":\"thing\",\"quantity\":2,\"unitPrice\":250}", "", "items")]
    [InlineData("[{", "[{\"sku\":\"thing\",\"quantity\":1,\"unitPrice\":1},{", "items[1].sku")]
    [InlineData("[{\"sku\":\"thing\",\"quantity\":2,\"unitPrice\":250}]", "{}", "items")]
    [InlineData("EUR", "XXX", "currency")]
    [InlineData("EUR", "BGN", "currency")]
    [InlineData("u-1", "", "userId")]
    [InlineData("r-1", "\\ud800", "orderReference")]
    [InlineData("r-1", "a\\u0000b", "orderReference")]
    [InlineData("\"unitPrice\":250", "\"unitPrice\":0", "items")]
    [InlineData("\"unitPrice\":250", "\"unitPrice\":9223372036854775807", "items")]
    [InlineData("\"sku\":\"thing\"", "\"sku\":\"a/b\"", "items[0]")]
    [InlineData("EUR", "eur", "currency")]
    [InlineData("\"userId\"", "\"hm\":1,\"userId\"", "hm")]
    public async Task An_order_that_is_not_valid_is_refused_with_the_members_named(string part, string other, string member)
    {
        var answer = await _host.PostAsync("/api/orders", Valid.Replace(part, other, StringComparison.Ordinal));

        var problem = await AssertProblemAsync(answer, HttpStatusCode.BadRequest, "request-invalid");
        Assert.True(problem.GetProperty("errors").TryGetProperty(member, out _), problem.GetRawText());
        Assert.Equal(0, _host.Store.Writes);
    }

    [Fact]
    public async Task Names_of_any_script_and_with_the_characters_of_paths_are_fine()
    {
        foreach (var name in new[] { "a/b#c?d", "Größe 💸", "..", "|", "%2F", new string('ü', 128) })
        {
            var placed = await _host.PostAsync("/api/orders", Valid.Replace("r-1", name, StringComparison.Ordinal).Replace("u-1", name, StringComparison.Ordinal), key: "k-" + name.Length);
            Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
            Assert.Equal(name, (await _host.GetAsync(placed.Headers.Location!.ToString())).GetProperty("orderReference").GetString());
        }
    }

    // Guards StrictJson: the name is read only after the parsing, and what is no text fails there otherwise than as JSON.
    [Theory]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"items":[{"sku":"thing","\udc00":1}]}""")]
    public async Task A_name_with_half_a_surrogate_pair_is_refused_as_no_json(string body)
    {
        var problem = await AssertProblemAsync(await _host.PostAsync("/api/orders", body), HttpStatusCode.BadRequest, "request-body-invalid");

        Assert.Contains("half a surrogate pair", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"\ud800aaaa":1}""")]
    [InlineData("""{"quantity":1,"quantity":2}""")]
    [InlineData("{")]
    public async Task Stock_that_is_no_json_is_refused_as_such(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        await AssertProblemAsync(await _host.Client.PutAsync(new Uri("/api/stock/thing", UriKind.Relative), content), HttpStatusCode.BadRequest, "request-body-invalid");
    }

    [Fact]
    public async Task Stock_is_set_and_read()
    {
        var set = await _host.Client.PutAsJsonAsync("/api/stock/thing", new { quantity = 20 });
        Assert.Equal("""{"sku":"thing","available":20,"reserved":0}""", await set.Content.ReadAsStringAsync());
        Assert.Equal("""{"sku":"thing","available":20,"reserved":0}""", await _host.Client.GetStringAsync(new Uri("/api/stock/thing", UriKind.Relative)));
        await AssertProblemAsync(await _host.Client.PutAsJsonAsync("/api/stock/thing", new { quantity = -1 }), HttpStatusCode.BadRequest, "request-invalid");
        await AssertProblemAsync(await _host.Client.GetAsync(new Uri("/api/stock/other", UriKind.Relative)), HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Another_merchant_finds_no_order_of_mine_and_may_use_the_same_reference()
    {
        var mine = await _host.PostAsync("/api/orders", Valid, merchant: "ada");
        var theirs = await _host.PostAsync("/api/orders", Valid, merchant: "bob");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (mine.StatusCode, theirs.StatusCode));
        await AssertProblemAsync(await _host.Client.GetAsync(mine.Headers.Location), HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Nothing_is_parked_and_what_never_was_is_not_resolved()
    {
        var id = (await ApiHost.JsonAsync(await _host.PostAsync("/api/orders", Valid))).GetProperty("id").GetString();

        Assert.Equal("[]", await _host.Client.GetStringAsync(new Uri("/api/parked", UriKind.Relative)));
        await AssertProblemAsync(await _host.PostAsync($"/api/parked/{id}.3/resolve", """{"decision":"retry","note":"?"}"""), HttpStatusCode.NotFound, "not-found");
        await AssertProblemAsync(await _host.PostAsync($"/api/parked/{id}.3/resolve", """{"decision":"guess","note":"?"}"""), HttpStatusCode.BadRequest, "request-invalid");
    }

    private static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string type)
    {
        var problem = await ApiHost.JsonAsync(answer);
        Assert.Equal(status, answer.StatusCode);
        Assert.EndsWith("/" + type, problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        return problem;
    }
}
