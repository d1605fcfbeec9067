using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore.Tests.Controllers;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>Where a key may stand, and how it may be written.</summary>
public sealed class KeyPlaceTests
{
    [Theory]
    [InlineData("\"k\"", "k")]
    [InlineData("\"k\";v=1", "k")]
    [InlineData("\"k\"; a; b=\"x;y\" ;c=?1", "\"k\"")]
    [InlineData("\"a,b\";x=tok/en", "\"a,b\"")]
    public async Task Parameters_of_a_structured_string_are_no_part_of_the_key(string first, string second)
    {
        await using var web = await CountingAsync();
        using var one = await web.PostAsync(first);
        using var two = await web.PostAsync(second);
        Assert.Equal(200, (int)one.StatusCode);
        Assert.True(two.IsReplay());
    }

    [Theory]
    [InlineData("\"k\";")]
    [InlineData("\"k\";A=1")]
    [InlineData("\"k\" v=1")]
    [InlineData("\"k\";v=")]
    [InlineData("\"k\";v=\"x")]
    public async Task Malformed_parameters_are_a_400(string key)
    {
        await using var web = await CountingAsync();
        using var answer = await web.PostAsync(key);
        await answer.AssertProblemAsync(400, "idempotency-key-invalid");
        Assert.Equal(0, web.Runs);
    }

    [Theory]
    [InlineData("""{"id":"a"}""", """{ "id" : "\u0061" }""")]
    [InlineData("""{"id":1000}""", """{"id":1e3}""")]
    [InlineData("""{"id":1000.0}""", """{"id":1000}""")]
    [InlineData("""{"id":0.50}""", """{"id":5e-1}""")]
    public async Task A_key_in_the_body_is_known_by_its_value(string first, string second)
    {
        await using var web = await CountingAsync(options => options.KeyField = "$.id");
        using var one = await web.PostAsync(key: null, body: first);
        using var two = await web.PostAsync(key: null, body: second);
        Assert.Equal(200, (int)one.StatusCode);
        Assert.True(two.IsReplay());
    }

    [Theory]
    [InlineData("""{"id":9007199254740993}""", """{"id":9007199254740992}""")]
    [InlineData("""{"id":"1"}""", """{"id":"1.0"}""")]
    public async Task Keys_that_differ_are_two_operations(string first, string second)
    {
        await using var web = await CountingAsync(options => options.KeyField = "$.id");
        using var one = await web.PostAsync(key: null, body: first);
        using var two = await web.PostAsync(key: null, body: second);
        Assert.Equal(2, web.Runs);
    }

    [Fact]
    public async Task Header_and_field_name_the_same_key_or_are_refused()
    {
        await using var web = await CountingAsync(options => options.KeyField = "$.id");
        using var field = await web.PostAsync(key: null, body: """{"id":"k"}""");
        using var both = await web.PostAsync("k", body: """{"id":"k"}""");
        using var differ = await web.PostAsync("l", body: """{"id":"k"}""");
        Assert.True(both.IsReplay());
        await differ.AssertProblemAsync(400, "idempotency-key-invalid", "different keys");
        Assert.Equal(1, web.Runs);
    }

    [Theory]
    [InlineData("{}", "idempotency-key-missing")]
    [InlineData("""{"id":null}""", "idempotency-key-missing")]
    [InlineData("""{"id":"with space"}""", "idempotency-key-invalid")]
    [InlineData("""{"id":1,"id":2}""", "request-body-invalid")]
    [InlineData("{", "request-body-invalid")]
    public async Task A_field_without_one_good_key_is_a_400(string body, string type)
    {
        await using var web = await CountingAsync(options => options.KeyField = "$.id");
        using var answer = await web.PostAsync(key: null, body: body);
        await answer.AssertProblemAsync(400, type);
        Assert.Equal(0, web.Runs);
    }

    /// <summary>Law 11: whether the body is acceptable is for the endpoint to say, where the header names the key.</summary>
    [Theory]
    [InlineData("{")]
    [InlineData("""{"id":1,"id":2}""")]
    [InlineData("a=1")]
    public async Task A_key_in_the_header_counts_where_the_body_can_not_be_read(string body)
    {
        await using var web = await CountingAsync(options => options.KeyField = "$.id");
        using var first = await web.PostAsync("k", body: body);
        using var second = await web.PostAsync("k", body: body);
        Assert.Equal(200, (int)first.StatusCode);
        Assert.True(second.IsReplay());
    }

    /// <summary>Guards <c>EndpointCheck.Check</c>: a key that is required of a method that ignores it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_required_key_that_one_of_the_methods_ignores_stops_the_start(bool isOfOperation)
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => WebFixture.StartAsync(web =>
        {
            var endpoint = web.App.MapMethods("/things/{id}", ["POST", "PUT"], () => "x");
            _ = isOfOperation ? endpoint.WithIdempotency(operation: new HttpOperation { RequireKey = true }) : endpoint.RequireIdempotencyKey();
        }));
        Assert.Contains("PUT", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_header_may_carry_the_key()
    {
        await using var web = await CountingAsync(options => options.KeyHeader = "X-Request-Key");
        using var missing = await web.PostAsync();
        using var one = await web.PostAsync(key: null, headers: ("X-Request-Key", "k"));
        using var two = await web.PostAsync(key: null, headers: ("X-Request-Key", "k"));
        await missing.AssertProblemAsync(400, "idempotency-key-missing", "X-Request-Key");
        Assert.True(two.IsReplay());
    }

    [Fact]
    public async Task A_put_is_executed_once_where_the_endpoint_says_so()
    {
        await using var web = await WebFixture.StartAsync(web =>
            web.App.MapPut("/things/{id}", () => $"run {web.CountRun()}").RequireIdempotencyKey().WithIdempotency(options => options.Methods.Add("PUT")));
        using var one = await web.Client.SendAsync(WebFixture.Request(HttpMethod.Put, "k", "/things/1", null));
        using var two = await web.Client.SendAsync(WebFixture.Request(HttpMethod.Put, "k", "/things/1", null));
        Assert.Equal("run 1", await two.Content.ReadAsStringAsync());
        Assert.True(two.IsReplay());
    }

    /// <summary>Guards the check of methods in <c>EndpointCheck</c>.</summary>
    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task A_required_key_that_would_be_ignored_stops_the_start(string method)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            WebFixture.StartAsync(web => web.App.MapMethods("/things", [method], () => "").RequireIdempotencyKey()));
        Assert.Contains($"Methods.Add(\"{method}\")", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KeyHeader", "with space")]
    [InlineData("KeyField", "$..id")]
    [InlineData("Methods", "GET")]
    public void A_setting_that_cannot_work_is_named(string name, string value)
    {
        var options = new HttpIdempotencyOptions();
        switch (name)
        {
            case "KeyHeader": options.KeyHeader = value; break;
            case "KeyField": options.KeyField = value; break;
            default: options.Methods.Add(value); break;
        }

        Assert.Contains(name, Assert.Single(options.Validate()), StringComparison.Ordinal);
    }

    private static Task<WebFixture> CountingAsync(Action<HttpIdempotencyOptions>? configure = null) =>
        WebFixture.StartAsync((web, context) => context.Response.WriteAsync($"run {web.CountRun()}"), configure);

    /// <summary>Guards the check of methods in <c>EndpointCheck</c>: PUT and DELETE would run each time.</summary>
    [Fact]
    public async Task A_required_key_on_an_endpoint_of_every_method_stops_the_start()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => WebFixture.StartAsync(web => web.App.Map("/pay", () => "paid").RequireIdempotencyKey()));
        Assert.Contains("name its methods", exception.Message, StringComparison.Ordinal);
        await using var optional = await WebFixture.StartAsync(web => web.App.Map("/pay", () => "paid").WithIdempotency());
    }

    /// <summary>Where no key is required, a body that is no JSON names none and is the endpoint's to judge.</summary>
    [Theory]
    [InlineData("text/plain", "no JSON", 200)]
    [InlineData("application/x-www-form-urlencoded", "a=1", 200)]
    [InlineData("application/json; charset=utf-16", "no JSON", 200)]
    [InlineData("application/json", "no JSON", 400)]
    public async Task An_optional_field_refuses_only_json_that_can_not_be_read(string type, string body, int status)
    {
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/things", (HttpContext _) => $"run {web.CountRun()}").WithIdempotency(options => options.KeyField = "$.id"));
        var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var answer = await web.Client.SendAsync(WebFixture.Request(HttpMethod.Post, key: null, "/things", content));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    /// <summary>The special counts over the general: what a group or all controllers say is replaced by a member of the endpoint's own alone.</summary>
    [Fact]
    public async Task What_a_group_says_of_an_operation_counts_where_its_endpoint_says_nothing_else()
    {
        await using var web = await WebFixture.StartAsync(web => web.App
            .MapGroup("")
            .WithIdempotency(operation: new HttpOperation { Retention = TimeSpan.FromMinutes(10), KeyHeader = "X-Request-Id", CrashPolicy = CrashPolicy.Block })
            .MapPost("/things", () => web.CountRun() == 2 ? throw new IOException("torn") : "done")
            .WithIdempotency(operation: new HttpOperation { Name = "things", RequireKey = true }));
        using var first = await web.PostAsync(key: null, uri: "/things", headers: ("X-Request-Id", "a"));
        Assert.Equal("Tue, 24 Nov 2026 12:10:00 GMT", first.Header(IdempotencyHeaders.Expires));
        await Assert.ThrowsAsync<IOException>(() => web.PostAsync(key: null, uri: "/things", headers: ("X-Request-Id", "b")));
        using var blocked = await web.PostAsync(key: null, uri: "/things", headers: ("X-Request-Id", "b"));
        Assert.Equal(409, (int)blocked.StatusCode);
    }

    [Fact]
    public async Task An_actions_attribute_counts_over_the_convention_of_all_controllers()
    {
        await using var web = await WebFixture.StartAsync(
            web => web.App.MapControllers().WithIdempotency(options => options.KeyHeader = "X-Request-Id", new HttpOperation { Retention = TimeSpan.FromDays(3) }),
            configureServices: services => services.AddControllers().AddThingsOnly());
        using var first = await web.PostAsync(key: null, uri: "/keyed/things/brief", body: """{"amount":7}""");
        Assert.Equal("Tue, 24 Nov 2026 12:10:00 GMT", first.Header(IdempotencyHeaders.Expires));
        using var other = await web.PostAsync(key: null, uri: "/keyed/things/plain", headers: ("X-Request-Id", "a"));
        Assert.Equal("Fri, 27 Nov 2026 12:00:00 GMT", other.Header(IdempotencyHeaders.Expires));
    }
}
