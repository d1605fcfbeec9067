using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>What an app may do to an answer before it is stored and before it is replayed.</summary>
public sealed class StoredAnswerHookTests
{
    [Fact]
    public async Task What_Redact_takes_out_reaches_the_first_caller_and_nobody_else()
    {
        await using var web = await WebFixture.StartAsync(
            (web, context) => context.Response.WriteAsync("token 4711"),
            options => options.Redact = (_, result) => result with { Body = "token ****"u8.ToArray() });

        using var first = await web.PostAsync();
        using var second = await web.PostAsync();

        Assert.Equal("token 4711", await first.Content.ReadAsStringAsync());
        Assert.Equal("token ****", await second.Content.ReadAsStringAsync());
    }

    /// <summary>Guards the catch in <c>Redaction.Apply</c>: the operation is done, and what may be stored is not known.</summary>
    [Fact]
    public async Task A_Redact_that_throws_stores_the_status_alone_and_runs_nothing_again()
    {
        await using var web = await WebFixture.StartAsync(
            (web, context) =>
            {
                web.CountRun();
                context.Response.StatusCode = 201;
                context.Response.Headers.Location = "/secret";
                return context.Response.WriteAsync("token 4711");
            },
            options => options.Redact = (_, _) => throw new FormatException("no JSON"));

        using var first = await web.PostAsync();
        using var second = await web.PostAsync();

        Assert.Equal("token 4711", await first.Content.ReadAsStringAsync());
        Assert.Equal(201, (int)second.StatusCode);
        Assert.Equal("10", second.Header(IdempotencyHeaders.BodyOmitted));
        Assert.Null(second.Header("Location"));
        Assert.Empty(await second.Content.ReadAsStringAsync());
        Assert.Equal(1, web.Runs);
    }

    [Fact]
    public async Task OnReplay_changes_each_replay_and_not_what_is_stored()
    {
        var replays = 0;
        await using var web = await WebFixture.StartAsync(
            (web, context) => context.Response.WriteAsync("link 0"),
            options => options.OnReplay = (context, result) =>
            {
                Assert.Equal("link 0", System.Text.Encoding.UTF8.GetString(result.Body.Span));
                return ValueTask.FromResult(result with { Body = System.Text.Encoding.UTF8.GetBytes($"link {++replays}"), Headers = [.. result.Headers, KeyValuePair.Create("X-Refreshed", context.Request.Method)] });
            });

        using var first = await web.PostAsync();
        using var second = await web.PostAsync();
        using var third = await web.PostAsync();

        Assert.Equal("link 0", await first.Content.ReadAsStringAsync());
        Assert.Null(first.Header("X-Refreshed"));
        Assert.Equal("link 1", await second.Content.ReadAsStringAsync());
        Assert.Equal("link 2", await third.Content.ReadAsStringAsync());
        Assert.Equal("POST", third.Header("X-Refreshed"));
    }

    [Fact]
    public async Task The_name_of_the_header_that_marks_a_replay_is_an_option()
    {
        await using var web = await WebFixture.StartAsync((web, context) => context.Response.WriteAsync("x"), options => options.ReplayedHeader = "Idempotent-Replayed");

        using var first = await web.PostAsync();
        using var second = await web.PostAsync();

        Assert.Null(first.Header("Idempotent-Replayed"));
        Assert.Equal("true", second.Header("Idempotent-Replayed"));
        Assert.Null(second.Header(IdempotencyHeaders.Replayed));
    }
}
