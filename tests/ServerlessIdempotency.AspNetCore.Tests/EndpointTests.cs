using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.AspNetCore.Tests;

public sealed class EndpointTests
{
    [Fact]
    public async Task A_group_and_its_endpoint_wrap_once_and_the_endpoints_word_is_last()
    {
        await using var web = await WebFixture.StartAsync(web =>
        {
            var group = web.App.MapGroup("/things").RequireIdempotencyKey();
            group.MapPost("/{id}", () => $"run {web.CountRun()}").WithIdempotency(options => options.MaxBodyBytes = 3, new HttpOperation { Retention = TimeSpan.FromDays(7) });
            group.MapPost("/free/{id}", () => $"run {web.CountRun()}").WithIdempotency(options => options.RequireKey = false);
        });
        using var missing = await web.PostAsync(key: null, body: "{}");
        await missing.AssertProblemAsync(400, "idempotency-key-missing");
        using var large = await web.PostAsync(body: "{  }");
        Assert.Equal(413, (int)large.StatusCode);
        using var first = await web.PostAsync(body: "{}");
        Assert.Equal("Tue, 01 Dec 2026 12:00:00 GMT", first.Header(IdempotencyHeaders.Expires));
        Assert.Equal(2, web.Store.Calls);
        using var free = await web.PostAsync(key: null, uri: "/things/free/1");
        Assert.Equal("run 2", await free.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Endpoint_filters_run_within_the_operation()
    {
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/things/{id:int}", (Dictionary<string, int> body) => $"run {web.CountRun()}")
            .AddEndpointFilter(async (context, next) => $"filtered {await next(context)}")
            .WithIdempotency(options => options.AllowEndpointFilters = true));
        using var first = await web.PostAsync();
        using var repeat = await web.PostAsync();
        Assert.Equal("filtered run 1", await first.Content.ReadAsStringAsync());
        Assert.Equal("filtered run 1", await repeat.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_endpoint_without_a_key_has_no_operation()
    {
        await using var web = await WebFixture.StartAsync(web =>
        {
            web.App.MapPost("/optional", (HttpContext context) => context.GetOperation() is null ? "none" : "one").WithIdempotency();
            web.App.MapPost("/parameter", (OperationContext operation) => operation.OperationHash).WithIdempotency();
        });
        using var without = await web.PostAsync(key: null, uri: "/optional");
        using var with = await web.PostAsync(uri: "/optional");
        using var parameter = await web.PostAsync(uri: "/parameter");
        Assert.Equal("none", await without.Content.ReadAsStringAsync());
        Assert.Equal("one", await with.Content.ReadAsStringAsync());
        Assert.Equal(43, (await parameter.Content.ReadAsStringAsync()).Length);
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync(key: null, uri: "/parameter"));
        Assert.Contains("GetOperation()", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problem_types_follow_the_base_of_the_app()
    {
        await using var web = await WebFixture.StartAsync((_, _) => Task.CompletedTask, options => options.ProblemTypeBase = new Uri("urn:acme:problem:"));
        using var answer = await web.PostAsync(key: null);
        Assert.Contains("\"urn:acme:problem:idempotency-key-missing\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_out_of_range_is_refused_where_it_is_written()
    {
        await using var app = WebApplication.CreateBuilder().Build();
        var exception = Assert.Throws<ArgumentException>(() => app.MapPost("/", () => "").WithIdempotency(options => options.MaxBodyBytes = 0));
        Assert.Contains("MaxBodyBytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_out_of_range_stops_the_app_at_its_start()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            WebFixture.StartAsync((_, _) => Task.CompletedTask, options => options.MaxWait = TimeSpan.FromHours(1)));
        Assert.Contains("Idempotency:Http:MaxWait is 01:00:00", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_did_not_register_the_contract_is_told_what_to_call()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        await using var app = builder.Build();
        app.MapPost("/", () => "").WithIdempotency();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await app.StartAsync();
            using var client = app.GetTestClient();
            using var answer = await client.PostAsync(new Uri("/", UriKind.Relative), null);
        });
        Assert.Contains("AddIdempotency().AddHttp()", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_bind_from_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Idempotency:Http:RequireKey"] = "true",
            ["Idempotency:Http:MaxWait"] = "00:00:07",
            ["Idempotency:Http:MaxBodyBytes"] = "4096",
            ["Idempotency:Http:UnavailableRetryAfter"] = "00:00:09",
            ["Idempotency:Http:ProblemTypeBase"] = "https://example.org/p/",
            ["Idempotency:Http:ReplayedHeaders:0"] = "X-Added",
        }).Build();
        var services = new ServiceCollection().AddLogging();
        services.AddIdempotency().AddInMemoryStore().AddHttp(options => configuration.GetSection("Idempotency:Http").Bind(options));
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<HttpIdempotencyOptions>>().Value;
        Assert.True(options.RequireKey);
        Assert.Equal(TimeSpan.FromSeconds(7), options.MaxWait);
        Assert.Equal(4096, options.MaxBodyBytes);
        Assert.Equal(TimeSpan.FromSeconds(9), options.UnavailableRetryAfter);
        Assert.Equal("https://example.org/p/", options.ProblemTypeBase.OriginalString);
        Assert.Contains("x-added", options.ReplayedHeaders);
        Assert.Contains("location", options.ReplayedHeaders);
        Assert.NotNull(options.Principal);
    }
}
