using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>Law 14: a delegate of the app that fails after the endpoint ran runs nothing again.</summary>
public sealed class StoringDelegateTests
{
    /// <summary>Guards the catch in <c>CapturedEndpoint.ShouldStore</c>.</summary>
    [Fact]
    public async Task A_ShouldStore_that_throws_leaves_it_to_the_default()
    {
        await using var web = await WebFixture.StartAsync(
            (web, context) => context.Response.WriteAsync($"run {web.CountRun()}"),
            options => options.ShouldStore = _ => throw new FormatException("no"));

        using var first = await web.PostAsync();
        using var second = await web.PostAsync();

        Assert.Equal("run 1", await first.Content.ReadAsStringAsync());
        Assert.Equal("run 1", await second.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_Redact_that_returns_nothing_stores_the_status_alone()
    {
        await using var web = await WebFixture.StartAsync(
            (web, context) => context.Response.WriteAsync($"run {web.CountRun()}"),
            options => options.Redact = (_, _) => null!);

        using var first = await web.PostAsync();
        using var second = await web.PostAsync();

        Assert.Equal("run 1", await first.Content.ReadAsStringAsync());
        Assert.Equal("5", second.Header(IdempotencyHeaders.BodyOmitted));
        Assert.Equal(1, web.Runs);
    }
}
