using System.Net;
using System.Text.Json;
using FunctionsHost;

namespace Payments.Functions.Host.Tests;

public sealed class HttpTests(PatientApp app) : IClassFixture<PatientApp>
{
    private readonly string _account = RunningApp.NewAccount();

    [Fact]
    public async Task Every_route_is_answered_by_its_function()
    {
        foreach (var function in app.Host.Functions.Where(function => function.Is("httpTrigger")))
        {
            var path = "/" + function.Text("route")!.Replace("{queue}", "payments", StringComparison.Ordinal).Replace("{id}", "none", StringComparison.Ordinal).Replace("{sequenceNumber}", "1", StringComparison.Ordinal);
            using var request = new HttpRequestMessage(new HttpMethod(function.Methods.Single().ToUpperInvariant()), path);
            using var response = await app.Operator.SendAsync(request);

            // What only the host answers has no body.
            Assert.True((int)response.StatusCode < 500, $"{request.Method} {path}: {response.StatusCode}");
            Assert.Contains("json", response.Content.Headers.ContentType?.MediaType ?? $"{request.Method} {path}: nothing", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_route_of_no_function_is_not_found()
    {
        using var response = await app.Operator.GetAsync("/api/api/payments/none");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Keys_open_what_they_are_for()
    {
        async Task<HttpStatusCode> GetAsync(string path, string? key, bool inQuery = false)
        {
            using var client = app.Host.Client(inQuery ? null : key);
            using var response = await client.GetAsync(inQuery ? $"{path}?code={key}" : path);
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await GetAsync("/healthz", key: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("/api/payments/none", key: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("/api/payments/none", "wrong"));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync("/api/payments/none", FunctionKeys.Of("GetPayment")));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync("/api/payments/none", FunctionKeys.OfHost, inQuery: true));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("/api/dead-letters/payments", FunctionKeys.OfHost));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/dead-letters/payments", FunctionKeys.Master));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("/api/discarded-letters/payments", FunctionKeys.OfHost));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/discarded-letters/payments", FunctionKeys.Master));
    }

    [Fact]
    public async Task A_repeat_gets_the_same_bytes_and_another_request_under_the_key_is_refused()
    {
        using var first = await app.PayAsync(_account, RunningApp.Payment(_account));
        using var second = await app.PayAsync(_account, RunningApp.Payment(_account));
        using var other = await app.PayAsync(_account, RunningApp.Payment(RunningApp.NewAccount()));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.UnprocessableEntity), (first.StatusCode, second.StatusCode, other.StatusCode));
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.True(second.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    // Law 10: the same key of another caller is another operation.
    [Fact]
    public async Task Two_callers_under_one_idempotency_key_each_get_their_own_payment()
    {
        using var other = app.Host.Client(FunctionKeys.Of("CreatePayment"));
        using var first = await app.PayAsync(_account, RunningApp.Payment(_account));
        using var second = await RunningApp.PostAsync(other, "/api/payments", _account, RunningApp.Payment(_account));

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.False(second.Headers.Contains("Idempotency-Replayed"));
        Assert.NotEqual(first.Headers.Location, second.Headers.Location);
    }

    [Fact]
    public async Task While_a_call_is_in_progress_the_next_is_told_so_or_waits_and_one_charges()
    {
        using var held = app.HoldCharge();
        var first = app.PayAsync(_account, RunningApp.Payment(_account));
        await held.UnderWay.WaitAsync(RunningApp.Limit);

        // The first call is within the gateway, after the charge.
        using var told = await app.PayAsync(_account, RunningApp.Payment(_account));
        var invoked = app.Host.Invoked.Count(name => name == "CreatePayment");
        var waiting = app.PayAsync(_account, RunningApp.Payment(_account), "wait=30");
        await app.UntilAsync(() => Task.FromResult(app.Host.Invoked.Count(name => name == "CreatePayment") > invoked), "the third call is in the worker");
        held.PassOn();
        using var waited = await waiting;
        using var answered = await first;

        Assert.Contains("idempotency-key-in-progress", await told.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.Created, HttpStatusCode.Created), (told.StatusCode, waited.StatusCode, answered.StatusCode));
        Assert.Equal(await answered.Content.ReadAsStringAsync(), await waited.Content.ReadAsStringAsync());
        Assert.Equal(1, await app.ChargesAsync(_account));
    }

    [Fact]
    public async Task Ten_calls_under_one_key_charge_once()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => app.PayAsync(_account, RunningApp.Payment(_account, "pm_slow_200"), "wait=30")));

        Assert.Single((await Task.WhenAll(responses.Select(response => response.Content.ReadAsStringAsync()))).Distinct());
        Assert.Equal(1, await app.ChargesAsync(_account));
        Array.ForEach(responses, response => response.Dispose());
    }

    [Fact]
    public async Task An_order_is_confirmed_over_the_queues_and_its_money_and_stock_agree()
    {
        using (var stocked = await app.Client.PutAsync($"/api/stock/{_account}", new StringContent("""{"quantity":5}""", System.Text.Encoding.UTF8, "application/json")))
        {
            Assert.True(stocked.IsSuccessStatusCode, await stocked.Content.ReadAsStringAsync());
        }

        using var placed = await RunningApp.PostAsync(app.Client, "/api/orders", _account, RunningApp.Order(_account));
        var order = JsonDocument.Parse(await placed.Content.ReadAsStringAsync()).RootElement;
        var id = order.GetProperty("id").GetString();
        await app.UntilAsync(async () => (await app.Client.GetStringAsync($"/api/orders/{id}")).Contains("\"confirmed\"", StringComparison.Ordinal), "the order is confirmed");

        Assert.Equal(1, await app.ChargesAsync(_account));
        Assert.Equal($$"""{"sku":"{{_account}}","available":3,"reserved":2}""", await app.Client.GetStringAsync($"/api/stock/{_account}"));
        await app.EmptyAsync("orders");
    }
}
