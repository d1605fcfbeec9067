using System.Net;
using System.Text;
using FunctionsHost;

namespace Payments.Functions.Host.Tests.Sample;

public sealed class HttpFunctionTests(SampleApp app) : IClassFixture<SampleApp>
{
    private readonly string _name = Guid.NewGuid().ToString("N");

    [Fact]
    public async Task A_function_that_returns_a_result_runs_once_and_its_repeat_gets_the_same_bytes()
    {
        using var first = await SendAsync("POST", "/api/orders", $"order {_name}", key: _name);
        using var second = await SendAsync("POST", "/api/orders", $"order {_name}", key: _name);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await second.Content.ReadAsByteArrayAsync());
        Assert.Equal("/orders/1", second.Headers.Location?.ToString());
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.True(second.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal([$"placed order {_name}"], await app.DeedsAsync(_name));
    }

    [Fact]
    public async Task A_key_that_is_required_is_asked_for_and_one_of_another_request_is_refused()
    {
        using var without = await SendAsync("POST", "/api/orders", $"order {_name}");
        using var first = await SendAsync("POST", "/api/orders", $"order {_name}", key: _name);
        using var other = await SendAsync("POST", "/api/orders", $"another order {_name}", key: _name);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity), (without.StatusCode, other.StatusCode));
        Assert.Contains("idempotency-key-missing", await without.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("idempotency-key-reused", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal([$"placed order {_name}"], await app.DeedsAsync(_name));
    }

    // Guards the sample's filter of log lines, which users copy: the host gets every line of its worker, and passes it on.
    [Fact]
    public async Task A_function_key_of_the_query_is_in_no_line_that_the_host_gets()
    {
        using var client = app.Host.Client(key: null);
        using var placed = await RunningApp.PostAsync(client, $"/api/orders?code={FunctionKeys.OfHost}", _name, $"order {_name}");
        using var failed = await RunningApp.PostAsync(client, $"/api/orders?code={FunctionKeys.OfHost}", $"bad key {_name}", $"order {_name}");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.BadRequest), (placed.StatusCode, failed.StatusCode));
        Assert.NotEmpty(app.Host.Lines);
        Assert.DoesNotContain(FunctionKeys.OfHost, app.Host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_returns_an_action_result_finds_its_key_in_the_body()
    {
        var change = $$"""{"change":{"id":"{{_name}}"},"quantity":2}""";
        using var first = await SendAsync("PATCH", "/api/orders/1", change);
        using var second = await SendAsync("PATCH", "/api/orders/1", change);
        using var other = await SendAsync("PATCH", "/api/orders/1", change.Replace("2}", "3}", StringComparison.Ordinal));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.UnprocessableEntity), (first.StatusCode, second.StatusCode, other.StatusCode));
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await second.Content.ReadAsByteArrayAsync());
        Assert.Equal([$"changed {change}"], await app.DeedsAsync(_name));
    }

    // CountStock is in a library that the app refers to.
    [Fact]
    public async Task A_function_of_a_referenced_library_runs_once_too()
    {
        using var first = await SendAsync("POST", "/api/stock", "count", key: _name);
        using var second = await SendAsync("POST", "/api/stock", "count", key: _name);
        using var without = await SendAsync("POST", "/api/stock", "count");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.BadRequest), (first.StatusCode, second.StatusCode, without.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.True(second.Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task Of_eight_calls_at_once_one_runs()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var response = await SendAsync("POST", "/api/orders", $"order {_name}", key: _name);
            return response.StatusCode;
        }));

        Assert.Contains(HttpStatusCode.Created, answers);
        Assert.All(answers, status => Assert.True(status is HttpStatusCode.Created or HttpStatusCode.Conflict));
        Assert.Equal([$"placed order {_name}"], await app.DeedsAsync(_name));
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string body, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8, body.StartsWith('{') ? "application/json" : "text/plain") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await app.Client.SendAsync(request);
    }
}
