using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests.Controllers;

public sealed class ControllerTests
{
    [Fact]
    public async Task An_action_with_the_attribute_runs_once_and_replays()
    {
        await using var web = await StartAsync();
        using var missing = await web.PostAsync(key: null, uri: "/keyed/things/plain");
        using var first = await web.PostAsync(uri: "/keyed/things/plain");
        using var repeat = await web.PostAsync(uri: "/keyed/things/PLAIN/");
        await missing.AssertProblemAsync(400, "idempotency-key-missing");
        Assert.Equal("run 1", await first.Content.ReadAsStringAsync());
        Assert.Equal("run 1", await repeat.Content.ReadAsStringAsync());
        Assert.Equal(first.Header("Content-Type"), repeat.Header("Content-Type"));
        Assert.True(repeat.IsReplay());
    }

    [Fact]
    public async Task A_get_of_the_controller_passes_through()
    {
        await using var web = await StartAsync();
        using var answer = await web.Client.GetAsync(new Uri("/keyed/things/7", UriKind.Relative));
        Assert.Equal("7", await answer.Content.ReadAsStringAsync());
        Assert.Equal(0, web.Store.Calls);
    }

    [Fact]
    public async Task An_actions_own_attribute_counts_over_its_controllers()
    {
        await using var web = await StartAsync();
        using var first = await web.PostAsync(key: null, uri: "/keyed/things/brief", body: """{"amount":7}""");
        using var repeat = await web.PostAsync(key: null, uri: "/keyed/things/brief", body: """{"amount":7.0}""");
        using var other = await web.PostAsync(key: null, uri: "/keyed/things/brief", body: """{"amount":8}""");
        Assert.Equal("Tue, 24 Nov 2026 12:10:00 GMT", first.Header(IdempotencyHeaders.Expires));
        Assert.True(repeat.IsReplay());
        Assert.Equal("8 run 2", await other.Content.ReadAsStringAsync());
    }

    /// <summary>Guards <c>ActionReachedFilter</c>.</summary>
    [Fact]
    public async Task An_invalid_model_is_not_stored()
    {
        await using var web = await StartAsync();
        using var first = await web.PostAsync(uri: "/keyed/things/1", body: """{"amount":101}""", headers: ("X-Api-Key", "secret"));
        using var repeat = await web.PostAsync(uri: "/keyed/things/1", body: """{"amount":101}""", headers: ("X-Api-Key", "secret"));
        Assert.Equal((400, 400), ((int)first.StatusCode, (int)repeat.StatusCode));
        Assert.False(repeat.IsReplay());
        Assert.Equal(0, web.App.Services.GetRequiredService<RunCounter>().Runs);
    }

    [Fact]
    public async Task An_action_that_throws_is_a_failure_and_its_exception_goes_up()
    {
        await using var web = await StartAsync();
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync(uri: "/keyed/things/fails"));
        Assert.Equal("It fails once.", exception.Message);
        using var second = await web.PostAsync(uri: "/keyed/things/fails");
        Assert.Equal("whole", await second.Content.ReadAsStringAsync());
        Assert.False(second.IsReplay());
    }

    [Fact]
    public async Task The_crash_policy_of_an_action_holds()
    {
        await using var web = await StartAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync(uri: "/keyed/things/blocked"));
        using var second = await web.PostAsync(uri: "/keyed/things/blocked");
        Assert.Equal(409, (int)second.StatusCode);
    }

    [Fact]
    public async Task Action_and_result_filters_are_part_of_the_answer_and_resource_filters_run_each_time()
    {
        await using var web = await StartAsync(options =>
        {
            options.Filters.Add(new HeaderFilter());
            options.Filters.Add(new CountingResourceFilter());
        });
        using var first = await web.PostAsync(uri: "/keyed/things/plain");
        using var repeat = await web.PostAsync(uri: "/keyed/things/plain");
        Assert.Equal("result", first.Header("ETag"));
        Assert.Equal("result", repeat.Header("ETag"));
        Assert.Equal(("1", "2"), (first.Header("X-Resource"), repeat.Header("X-Resource")));
        Assert.True(repeat.IsReplay());
    }

    [Fact]
    public async Task The_attribute_on_a_minimal_api_stops_the_start()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => WebFixture.StartAsync(web => web.App.MapPost("/things", [Idempotent] () => "")));
        Assert.Contains("RequireIdempotencyKey()", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("00:00:00.5")]
    [InlineData("02:00:00")]
    public async Task A_lease_out_of_range_stops_the_start_and_is_named(string lease)
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => WebFixture.StartAsync(web => web.App.MapPost("/things", () => "").WithMetadata(new IdempotentAttribute { Lease = lease }).WithIdempotency()));
        Assert.Contains(lease, exception.Message, StringComparison.Ordinal);
    }

    private static Task<WebFixture> StartAsync(Action<MvcOptions>? configure = null) => WebFixture.StartAsync(
        web => web.App.MapControllers(), configureServices: services => services.AddControllers(configure ?? (_ => { })).AddThingsOnly());

    private sealed class HeaderFilter : IResultFilter
    {
        public void OnResultExecuting(ResultExecutingContext context) => context.HttpContext.Response.Headers.ETag = "result";

        public void OnResultExecuted(ResultExecutedContext context)
        {
        }
    }

    private sealed class CountingResourceFilter : IResourceFilter
    {
        private int _runs;

        public void OnResourceExecuting(ResourceExecutingContext context) => context.HttpContext.Response.Headers["X-Resource"] = $"{++_runs}";

        public void OnResourceExecuted(ResourceExecutedContext context)
        {
        }
    }
}
