using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore.Tests.Controllers;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>Who is not authorized now gets no replay (law 10).</summary>
public sealed class AuthorizationTests
{
    /// <summary>Guards that controllers are left to the resource filter in <c>IdempotentEndpoint.Wrap</c>.</summary>
    [Theory]
    [InlineData("/keyed/things/1")]
    [InlineData("/mapped/things/1")]
    public async Task An_authorization_filter_of_a_controller_is_asked_at_every_request(string uri)
    {
        await using var web = await WebFixture.StartAsync(
            web => web.App.MapControllers().WithIdempotency(), configureServices: services => services.AddControllers().AddThingsOnly());
        using var first = await web.PostAsync(uri: uri, headers: ("X-Api-Key", "secret"));
        using var stranger = await web.PostAsync(uri: uri);
        using var repeat = await web.PostAsync(uri: uri, headers: ("X-Api-Key", "secret"));
        Assert.Equal((200, 401, 200), ((int)first.StatusCode, (int)stranger.StatusCode, (int)repeat.StatusCode));
        Assert.DoesNotContain("run", await stranger.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(repeat.IsReplay());
    }

    /// <summary>Guards the check of filters in <c>EndpointCheck</c>.</summary>
    [Fact]
    public async Task An_endpoint_with_filters_stops_the_start_until_they_are_declared_fine()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => WebFixture.StartAsync(web => Map(web).RequireIdempotencyKey()));
        Assert.Contains("RequireAuthorization()", exception.Message, StringComparison.Ordinal);
        Assert.Contains("AllowEndpointFilters", exception.Message, StringComparison.Ordinal);

        await using var declared = await WebFixture.StartAsync(web => Map(web).WithIdempotency(options => options.AllowEndpointFilters = true));
        using var answer = await declared.PostAsync();
        Assert.Equal(200, (int)answer.StatusCode);

        static RouteHandlerBuilder Map(WebFixture web) => web.App.MapPost("/things/{id}", () => "fine").AddEndpointFilter((context, next) => next(context));
    }

    [Fact]
    public async Task Filters_of_a_group_count_too()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => WebFixture.StartAsync(web =>
            web.App.MapGroup("/things").AddEndpointFilter((context, next) => next(context)).MapPost("/{id}", () => "fine").RequireIdempotencyKey()));
        Assert.Contains("POST /things/{id}", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Guards <c>EndpointFilters</c>: MVC runs them around the action, within what a replay passes by.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Controllers_with_endpoint_filters_stop_the_start_until_they_are_declared_fine(bool byAttribute)
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(null));
        Assert.Contains("AllowEndpointFilters", exception.Message, StringComparison.Ordinal);
        await using var declared = await StartAsync(options => options.AllowEndpointFilters = true);
        using var answer = await declared.PostAsync(uri: "/keyed/things/plain");
        Assert.Equal(200, (int)answer.StatusCode);

        Task<WebFixture> StartAsync(Action<HttpIdempotencyOptions>? configure) => WebFixture.StartAsync(
            web =>
            {
                var mapped = web.App.MapControllers().AddEndpointFilter((context, next) => next(context));
                if (!byAttribute)
                {
                    mapped.WithIdempotency();
                }
            },
            configure,
            configureServices: services => services.AddControllers().AddThingsOnly());
    }
}
