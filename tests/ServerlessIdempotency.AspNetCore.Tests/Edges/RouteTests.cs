using Microsoft.AspNetCore.Builder;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.Keys;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>One resource is one operation, however its path is written. Guards <c>RequestRoute.Of</c>.</summary>
public sealed class RouteTests
{
    [Theory]
    [InlineData("/echo", "/Echo")]
    [InlineData("/echo", "/echo/")]
    [InlineData("/Accounts/a1/Close", "/accounts/a1/close/")]
    [InlineData("/search?a=1&b=2", "/SEARCH?b=2&a=1")]
    [InlineData("/search?a=x%20y", "/search?a=x+y")]
    [InlineData("/optional", "/optional/")]
    public async Task The_same_resource_replays(string first, string second)
    {
        await using var web = await StartAsync();
        using var one = await web.PostAsync(uri: first);
        using var two = await web.PostAsync(uri: second);
        Assert.Equal((200, 200), ((int)one.StatusCode, (int)two.StatusCode));
        Assert.True(two.IsReplay());
        Assert.Equal(1, web.Runs);
    }

    /// <summary>Guards the arguments in <c>HttpExecution.DescribeAsync</c>: a scope of the endpoint's own does not say which resource is meant.</summary>
    [Fact]
    public async Task Under_a_scope_of_the_endpoints_own_another_value_is_another_request()
    {
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/accounts/{id}/close", (string id) => $"{id} {web.CountRun()}")
            .RequireIdempotencyKey(new HttpOperation { Scope = new OperationScope("merchant", "close") }));
        using var one = await web.PostAsync(uri: "/accounts/1/close");
        using var repeat = await web.PostAsync(uri: "/accounts/1/close");
        using var other = await web.PostAsync(uri: "/accounts/2/close");
        Assert.True(repeat.IsReplay());
        Assert.Equal(422, (int)other.StatusCode);
        Assert.Equal(1, web.Runs);
    }

    [Theory]
    [InlineData("/accounts/a1/close", "/accounts/A1/close")]
    [InlineData("/accounts/a%20b/close", "/accounts/a+b/close")]
    [InlineData("/optional", "/optional/1")]
    [InlineData("/files/a/b", "/files/a/B")]
    public async Task Another_value_is_another_operation(string first, string second)
    {
        await using var web = await StartAsync();
        using var one = await web.PostAsync(uri: first);
        using var two = await web.PostAsync(uri: second);
        Assert.Equal((200, 200), ((int)one.StatusCode, (int)two.StatusCode));
        Assert.False(two.IsReplay());
        Assert.Equal(2, web.Runs);
    }

    [Theory]
    [InlineData("/search?a=1", "/search?a=2")]
    [InlineData("/search?a=1&a=2", "/search?a=2&a=1")]
    [InlineData("/search?code=x", "/search?code=y")]
    public async Task Another_query_under_one_key_is_refused(string first, string second)
    {
        await using var web = await StartAsync();
        using var one = await web.PostAsync(uri: first);
        using var two = await web.PostAsync(uri: second);
        await two.AssertProblemAsync(422, "idempotency-key-reused");
    }

    [Fact]
    public async Task A_query_parameter_that_the_app_leaves_out_does_not_count()
    {
        await using var web = await StartAsync(options => options.IgnoredQueryParameters.Add("code"));
        using var one = await web.PostAsync(uri: "/search?code=x&a=1");
        using var two = await web.PostAsync(uri: "/search?a=1&code=y");
        Assert.True(two.IsReplay());
    }

    [Theory]
    [InlineData("a.example", "b.example", true)]
    [InlineData("a.hosts.example", "b.hosts.example", false)]
    public async Task The_host_counts_only_where_routing_looks_at_it(string first, string second, bool isReplay)
    {
        await using var web = await StartAsync();
        var path = isReplay ? "/echo" : "/hosted";
        using var one = await web.PostAsync(uri: path, headers: ("Host", first));
        using var two = await web.PostAsync(uri: path, headers: ("Host", second));
        Assert.Equal((200, 200), ((int)one.StatusCode, (int)two.StatusCode));
        Assert.Equal(isReplay, two.IsReplay());
    }

    [Fact]
    public async Task A_named_operation_is_about_its_declared_arguments()
    {
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/tenants/{tenant}/accounts/{id}", () => $"run {web.CountRun()}").RequireIdempotencyKey(
            new HttpOperation { Name = "close", Arguments = context => [(string)context.Request.RouteValues["id"]!] }));
        using var one = await web.PostAsync(uri: "/tenants/a/accounts/1");
        using var same = await web.PostAsync(uri: "/tenants/b/accounts/1");
        using var other = await web.PostAsync(uri: "/tenants/a/accounts/2");
        Assert.True(same.IsReplay());
        Assert.Equal("run 2", await other.Content.ReadAsStringAsync());
    }

    private static Task<WebFixture> StartAsync(Action<HttpIdempotencyOptions>? configure = null) => WebFixture.StartAsync(
        web =>
        {
            string[] patterns = ["/echo", "/search", "/accounts/{id}/close", "/optional/{id?}", "/files/{**path}"];
            foreach (var pattern in patterns)
            {
                web.App.MapPost(pattern, () => $"run {web.CountRun()}").RequireIdempotencyKey();
            }

            web.App.MapPost("/hosted", () => $"run {web.CountRun()}").RequireHost("*.hosts.example").RequireIdempotencyKey();
        },
        configure);
}
