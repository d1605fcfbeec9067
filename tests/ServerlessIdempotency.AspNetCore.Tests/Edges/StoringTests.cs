using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>Which answers are the operation's, and so are stored. Guards <c>StorableAnswer.IsStoredByDefault</c>.</summary>
public sealed class StoringTests
{
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(407)]
    [InlineData(408)]
    [InlineData(423)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task An_answer_about_this_request_alone_runs_again(int status)
    {
        await using var web = await WebFixture.StartAsync((web, context) =>
        {
            context.Response.StatusCode = web.CountRun() == 1 ? status : 201;
            return Task.CompletedTask;
        });
        using var first = await web.PostAsync();
        using var second = await web.PostAsync();
        using var third = await web.PostAsync();
        Assert.Equal((status, 201, 201), ((int)first.StatusCode, (int)second.StatusCode, (int)third.StatusCode));
        Assert.True(third.IsReplay());
    }

    [Theory]
    [InlineData(202, true, true)]
    [InlineData(303, true, true)]
    [InlineData(409, true, false)]
    [InlineData(409, false, true)]
    [InlineData(402, false, true)]
    [InlineData(422, true, false)]
    public async Task Retry_after_makes_a_refusal_temporary(int status, bool hasRetryAfter, bool isStored)
    {
        await using var web = await WebFixture.StartAsync((_, context) =>
        {
            context.Response.StatusCode = status;
            if (hasRetryAfter)
            {
                context.Response.Headers.RetryAfter = "3";
            }

            return Task.CompletedTask;
        });
        using var first = await web.PostAsync();
        using var second = await web.PostAsync();
        Assert.Equal(isStored, second.IsReplay());
    }

    [Fact]
    public async Task A_body_that_does_not_bind_is_not_stored()
    {
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/things/{id:int}", (Dictionary<string, int> body) =>
        {
            web.CountRun();
            return Results.BadRequest("the handler's own");
        }).RequireIdempotencyKey());
        using var unbound = await web.PostAsync(body: """{"amount":"many"}""");
        using var repeat = await web.PostAsync(body: """{"amount":"many"}""");
        Assert.Equal((400, 400), ((int)unbound.StatusCode, (int)repeat.StatusCode));
        Assert.False(repeat.IsReplay());
        Assert.Equal(0, web.Runs);

        using var own = await web.PostAsync("other");
        using var ownRepeat = await web.PostAsync("other");
        Assert.Equal(400, (int)own.StatusCode);
        Assert.True(ownRepeat.IsReplay());
        Assert.Equal(1, web.Runs);
    }

    [Fact]
    public async Task A_body_that_the_frameworks_validation_refuses_is_not_stored_and_needs_no_declaration()
    {
        await using var web = await WebFixture.StartAsync(
            web => web.App.MapPost("/things/{id}", (Order order) => $"run {web.CountRun()}").RequireIdempotencyKey(),
            configureServices: services => services.AddValidation());
        using var refused = await web.PostAsync(body: """{"amount":-1}""");
        using var repeat = await web.PostAsync(body: """{"amount":-1}""");
        Assert.Equal(0, web.Runs);
        Assert.Equal((400, 400), ((int)refused.StatusCode, (int)repeat.StatusCode));
        Assert.False(repeat.IsReplay());
    }

    [Fact]
    public async Task The_app_decides_otherwise_by_a_predicate()
    {
        await using var web = await WebFixture.StartAsync(
            (_, context) =>
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            },
            options => options.ShouldStore = answer => answer.StatusCode != 404 && StorableAnswer.IsStoredByDefault(answer));
        using var first = await web.PostAsync();
        using var second = await web.PostAsync();
        Assert.False(second.IsReplay());
    }

    [Fact]
    public async Task The_handler_decides_otherwise_by_its_operation()
    {
        await using var web = await WebFixture.StartAsync((web, context) =>
        {
            web.CountRun();
            context.GetOperation()!.DoNotStore();
            return context.Response.WriteAsync("a preview");
        });
        using var first = await web.PostAsync();
        using var second = await web.PostAsync();
        Assert.Equal(200, (int)second.StatusCode);
        Assert.Equal(2, web.Runs);
    }

    public sealed record Order([property: Range(1, 100)] int Amount);
}
