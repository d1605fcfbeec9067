using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Payments.Api;

namespace Payments.Tests;

public sealed class PaymentsApiTests : IAsyncLifetime
{
    private const string Valid = """{"accountId":"acct-1","amount":1250,"currency":"EUR","paymentMethod":"pm_ok"}""";

    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_payment_is_made_and_read_and_its_ledger_sums_to_zero()
    {
        var created = await _host.PostAsync("/api/payments", Valid);
        var body = await created.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(body, await _host.Client.GetStringAsync(created.Headers.Location));
        var ledger = JsonDocument.Parse(await _host.Client.GetStringAsync($"{created.Headers.Location}/ledger")).RootElement.EnumerateArray().ToList();
        Assert.Equal(["credit", "debit"], ledger.Select(entry => entry.GetProperty("type").GetString()));
        Assert.Equal(0, ledger.Sum(entry => entry.GetProperty("amount").GetInt64()));
    }

    [Fact]
    public async Task The_same_order_written_otherwise_is_replayed()
    {
        var first = await _host.PostAsync("/api/payments", Valid);
        var second = await _host.PostAsync("/api/payments", """{ "capture": true, "paymentMethod": "pm_ok", "currency": "EUR", "amount": 1.25e3, "accountId": "acct-1" }""");

        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await second.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_byte_order_mark_before_the_body_is_no_part_of_it()
    {
        var first = await _host.PostAsync("/api/payments", "\uFEFF" + Valid);
        var second = await _host.PostAsync("/api/payments", Valid);
        var refund = await _host.PostAsync($"{first.Headers.Location!.OriginalString}/refund", "\uFEFF", key: "k-2");

        Assert.Equal((201, "true"), ((int)first.StatusCode, Assert.Single(second.Headers.GetValues("Idempotency-Replayed"))));
        Assert.Equal(HttpStatusCode.OK, refund.StatusCode);
    }

    // Guards the check of the key ahead of the body's.
    [Theory]
    [InlineData("/api/payments")]
    [InlineData("/api/orders")]
    public async Task A_missing_key_is_named_before_anything_that_is_wrong_with_the_body(string path) =>
        await AssertProblemAsync(await _host.PostAsync(path, "{}", key: null), 400, "idempotency-key-missing");

    [Fact]
    public async Task A_capture_and_a_refund_need_no_body()
    {
        var created = await ApiHost.JsonAsync(await _host.PostAsync("/api/payments", Valid.Replace("}", ",\"capture\":false}", StringComparison.Ordinal)));
        var id = created.GetProperty("id").GetString();

        var captured = await ApiHost.JsonAsync(await _host.PostAsync($"/api/payments/{id}/capture", json: null));
        var refunded = await ApiHost.JsonAsync(await _host.PostAsync($"/api/payments/{id}/refund", json: null));
        var again = await _host.PostAsync($"/api/payments/{id}/refund", json: null, key: "k-2");

        Assert.Equal(("authorized", "captured", "refunded"), (created.GetProperty("status").GetString(), captured.GetProperty("status").GetString(), refunded.GetProperty("status").GetString()));
        await AssertProblemAsync(again, 409, "payment-state");
    }

    [Fact]
    public async Task Another_merchant_finds_neither_the_payment_nor_the_key()
    {
        var mine = await _host.PostAsync("/api/payments", Valid, merchant: "ada");
        var theirs = await _host.PostAsync("/api/payments", Valid.Replace("1250", "99", StringComparison.Ordinal), merchant: "bob");

        Assert.Equal(HttpStatusCode.Created, theirs.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, mine.Headers.Location);
        request.Headers.Add("X-Merchant", "bob");
        await AssertProblemAsync(await _host.Client.SendAsync(request), 404, "payment-not-found");
        var id = mine.Headers.Location!.ToString().Split('/')[^1];
        await AssertProblemAsync(await _host.PostAsync($"/api/payments/{id}/refund", json: null, merchant: "bob"), 404, "payment-not-found");
    }

    [Theory]
    [InlineData("accountId", "\"\"")]
    [InlineData("accountId", "\"a/b\"")]
    [InlineData("accountId", "\"merchant:local\"")]
    [InlineData("accountId", "\"\\ud800\"")]
    [InlineData("accountId", "null")]
    [InlineData("amount", "0")]
    [InlineData("amount", "-1")]
    [InlineData("amount", "1.5")]
    [InlineData("amount", "\"1\"")]
    [InlineData("amount", "9223372036854775808")]
    [InlineData("amount", "1e400")]
    [InlineData("currency", "\"eur\"")]
    [InlineData("currency", "\"XXX\"")]
    [InlineData("currency", "\"EURO\"")]
    [InlineData("currency", "5")]
    [InlineData("paymentMethod", "\"pm ok\"")]
    [InlineData("paymentMethod", "\"pm_nope\"")]
    [InlineData("capture", "\"true\"")]
    [InlineData("capture", "null")]
    [InlineData("captur", "false")]
    public async Task A_wrong_member_is_400_named_and_nothing_is_stored(string member, string value)
    {
        var members = new Dictionary<string, string> { ["accountId"] = "\"acct-1\"", ["amount"] = "1", ["currency"] = "\"EUR\"", ["paymentMethod"] = "\"pm_ok\"", [member] = value };

        var refused = await _host.PostAsync("/api/payments", $"{{{string.Join(',', members.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}");

        var problem = await AssertProblemAsync(refused, 400, "payment-invalid");
        Assert.Equal([member], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(HttpStatusCode.Created, (await _host.PostAsync("/api/payments", Valid)).StatusCode);
    }

    [Fact]
    public async Task What_is_missing_is_named_all_at_once_and_the_store_is_not_asked()
    {
        var problem = await AssertProblemAsync(await _host.PostAsync("/api/payments", "{}"), 400, "payment-invalid");

        Assert.Equal(["accountId", "amount", "currency", "paymentMethod"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        Assert.Equal(0, _host.Store.RoundTrips);
    }

    [Theory]
    [InlineData("{", "request-body-invalid")]
    [InlineData("", "request-body-invalid")]
    [InlineData("""{"amount":1,"amount":2}""", "request-body-invalid")]
    [InlineData("""{"\ud800":1}""", "request-body-invalid")]
    [InlineData("[]", "payment-invalid")]
    [InlineData("null", "payment-invalid")]
    public async Task A_body_that_is_no_order_is_400(string body, string type) =>
        await AssertProblemAsync(await _host.PostAsync("/api/payments", body), 400, type);

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Another_content_type_is_415(string contentType) =>
        await AssertProblemAsync(await _host.PostAsync("/api/payments", Valid, contentType: contentType), 415, "unsupported-media-type");

    [Fact]
    public async Task A_body_over_1_MiB_is_413() =>
        await AssertProblemAsync(await _host.PostAsync("/api/payments", new string(' ', (1024 * 1024) + 1)), 413, "request-body-too-large");

    [Theory]
    [InlineData(null, "idempotency-key-missing")]
    [InlineData("a b", "idempotency-key-invalid")]
    public async Task A_bad_key_is_400(string? key, string type)
    {
        await AssertProblemAsync(await _host.PostAsync("/api/payments", Valid, key), 400, type);
        await AssertProblemAsync(await _host.PostAsync("/api/payments/pay_00AAAAAAAAAAAAAAAAAAAAAA/refund", json: null, key), 400, type);
    }

    [Theory]
    [InlineData("pay_00AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pay_ffAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("x")]
    [InlineData("pay_0gAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("pay_00%2FAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("%23%3F%2F%5C")]
    [InlineData("pay_00AAAAAAAAAAAAAAAAAAAAA%0A")]
    [InlineData("%E2%98%83%F0%9F%92%B8")]
    public async Task An_id_that_is_no_payment_is_404(string id)
    {
        await AssertProblemAsync(await _host.Client.GetAsync(new Uri($"/api/payments/{id}", UriKind.Relative)), 404, "payment-not-found");
        await AssertProblemAsync(await _host.Client.GetAsync(new Uri($"/api/payments/{id}/ledger", UriKind.Relative)), 404, "payment-not-found");
        await AssertProblemAsync(await _host.PostAsync($"/api/payments/{id}/capture", json: null), 404, "payment-not-found");
    }

    [Fact]
    public void The_web_host_maps_every_route_and_no_other()
    {
        var mapped = _host.Endpoints.OfType<RouteEndpoint>().Select(endpoint => (
            endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName,
            Assert.Single(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods),
            endpoint.RoutePattern.RawText!.TrimStart('/')));

        var constants = typeof(PaymentsRoutes).GetFields().Select(field => (field.Name, (string)field.GetRawConstantValue()!));
        Assert.Equal(constants, mapped.Select(route => (route.EndpointName, route.Item3)));
    }

    [Theory]
    [InlineData("Payments:ShardCount", "0", "Payments:ShardCount is 0")]
    [InlineData("Gateway:Kind", "Stripe", "Stripe:ApiKey is empty")]
    [InlineData("Idempotency:Lease", "00:00:00", "Idempotency:Lease is 00:00:00")]
    [InlineData("RowWriter:Timeout", "00:00:00", "RowWriter:Timeout is 00:00:00")]
    [InlineData("Payments:HealthTimeout", "00:00:00", "Payments:HealthTimeout is 00:00:00")]
    public async Task A_bad_setting_stops_the_start_and_is_named(string setting, string value, string sentence)
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => ApiHost.StartAsync((setting, value)));

        Assert.Contains(sentence, exception.Message, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage response, int status, string type)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await ApiHost.JsonAsync(response);
        Assert.EndsWith("/" + type, problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        return problem;
    }
}
