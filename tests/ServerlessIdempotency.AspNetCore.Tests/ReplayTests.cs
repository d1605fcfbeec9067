using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests;

public sealed class ReplayTests
{
    public static TheoryData<int, string?, byte[]> Answers => new()
    {
        { 200, "application/octet-stream", [0x00, 0xFF, 0x0D, 0x0A, 0xC3, 0x28] },
        { 200, "image/png", [.. Enumerable.Range(0, 200_000).Select(value => (byte)(value * 31 >> 3))] },
        { 201, "text/plain; charset=iso-8859-1", [0x63, 0x61, 0x66, 0xE9] },
        { 200, "application/json; charset=utf-8", "{ \"b\" : 1.0,\n\"a\" : \"\u00e9\" }"u8.ToArray() },
        { 202, null, [] },
        { 204, null, [] },
        { 303, null, [] },
        { 402, "application/problem+json", "{\"title\":\"declined\"}"u8.ToArray() },
        { 404, null, [] },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_repeat_gets_the_stored_answer_byte_for_byte(int status, string? contentType, byte[] body)
    {
        await using var web = await WebFixture.StartAsync(async (web, context) =>
        {
            web.CountRun();
            context.Response.StatusCode = status;
            context.Response.ContentType = contentType;
            if (body.Length > 0)
            {
                await context.Response.Body.WriteAsync(body);
            }
        });
        using var first = await web.PostAsync();
        using var repeat = await web.PostAsync();

        Assert.Equal(1, web.Runs);
        foreach (var answer in new[] { first, repeat })
        {
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal(contentType, answer.Header("Content-Type"));
            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync());
            // An empty body's length is left to the server, and this one says none.
            Assert.Equal(body.Length == 0 ? null : body.Length.ToString(CultureInfo.InvariantCulture), answer.Content.Headers.NonValidated.TryGetValues("Content-Length", out var length) ? length.ToString() : null);
        }

        Assert.False(first.IsReplay());
        Assert.True(repeat.IsReplay());
    }

    [Fact]
    public async Task Both_answers_say_until_when_as_an_http_date()
    {
        await using var web = await WebFixture.StartAsync((_, context) => context.Response.WriteAsync("done"));
        using var first = await web.PostAsync();
        web.Clock.Advance(TimeSpan.FromHours(1));
        using var repeat = await web.PostAsync();
        Assert.Equal("Wed, 25 Nov 2026 12:00:00 GMT", first.Header(IdempotencyHeaders.Expires));
        Assert.Equal("Wed, 25 Nov 2026 12:00:00 GMT", repeat.Header(IdempotencyHeaders.Expires));
    }

    [Fact]
    public async Task Past_its_expiry_the_key_is_a_new_operation()
    {
        await using var web = await WebFixture.StartAsync((web, context) => context.Response.WriteAsync($"run {web.CountRun()}"));
        using var first = await web.PostAsync();
        web.Clock.Advance(TimeSpan.FromHours(24) + new IdempotencyOptions().ClockSkewMargin);
        using var later = await web.PostAsync();
        Assert.Equal("run 2", await later.Content.ReadAsStringAsync());
        Assert.False(later.IsReplay());
    }

    [Fact]
    public async Task A_replay_repeats_the_headers_of_the_allow_list_and_no_others()
    {
        await using var web = await WebFixture.StartAsync(
            (_, context) =>
            {
                var headers = context.Response.Headers;
                headers.Location = "/things/7";
                headers.ETag = "\"v1\"";
                headers.LastModified = "Tue, 24 Nov 2026 11:00:00 GMT";
                headers.ContentLanguage = "de";
                headers.ContentLocation = "/things/7";
                headers.CacheControl = "no-store";
                headers.RetryAfter = "3";
                headers["Link"] = new[] { "</a>; rel=a", "</b>; rel=b" };
                headers["X-Added"] = "kept";
                headers["X-Trace"] = "one call's";
                headers.Date = "Mon, 23 Nov 2026 11:00:00 GMT";
                context.Response.Cookies.Append("session", "secret");
                return context.Response.WriteAsync("done");
            },
            options => options.ReplayedHeaders.Add("X-Added"));
        using var first = await web.PostAsync();
        using var repeat = await web.PostAsync();

        foreach (var name in new[] { "Location", "ETag", "Last-Modified", "Content-Language", "Content-Location", "Cache-Control", "Retry-After", "Link", "X-Added" })
        {
            Assert.NotNull(first.Header(name));
            Assert.Equal(first.Header(name), repeat.Header(name));
        }

        Assert.Equal(["</a>; rel=a", "</b>; rel=b"], repeat.Headers.GetValues("Link"));
        foreach (var name in new[] { "X-Trace", "Date", "Set-Cookie" })
        {
            Assert.NotNull(first.Header(name));
            Assert.Null(repeat.Header(name));
        }
    }

    [Fact]
    public async Task Streamed_answers_of_any_kind_of_endpoint_are_captured()
    {
        await using var web = await WebFixture.StartAsync(web =>
        {
            var group = web.App.MapGroup("/things").RequireIdempotencyKey();
            group.MapPost("/stream", () => Results.Stream(
                async stream =>
                {
                    web.CountRun();
                    await stream.WriteAsync("one,"u8.ToArray());
                    await stream.FlushAsync();
                    await stream.WriteAsync("two"u8.ToArray());
                },
                "text/csv"));
            group.MapPost("/pipe", async (HttpResponse response) =>
            {
                web.CountRun();
                await response.StartAsync();
                "piped"u8.CopyTo(response.BodyWriter.GetSpan(5));
                response.BodyWriter.Advance(5);
            });
            group.MapPost("/object", () => new Dictionary<string, int> { ["run"] = web.CountRun() });
            group.MapPost("/starting", (HttpResponse response) =>
            {
                web.CountRun();
                response.OnStarting(() =>
                {
                    response.Headers.ETag = "\"late\"";
                    return Task.CompletedTask;
                });
                return Results.Created("/things/9", null);
            });
        });
        foreach (var (path, body) in new[] { ("stream", "one,two"), ("pipe", "piped"), ("object", """{"run":3}"""), ("starting", "") })
        {
            using var first = await web.PostAsync(uri: $"/things/{path}");
            using var repeat = await web.PostAsync(uri: $"/things/{path}");
            Assert.Equal(body, await first.Content.ReadAsStringAsync());
            Assert.Equal(body, await repeat.Content.ReadAsStringAsync());
            Assert.True(repeat.IsReplay());
            Assert.Equal(path == "starting" ? "\"late\"" : null, repeat.Header("ETag"));
        }

        Assert.Equal(4, web.Runs);
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData("1", 2)]
    [InlineData("2", 1)]
    [InlineData("x", 2)]
    public async Task An_attempt_number_above_one_spares_the_refused_insert(string? attempt, int calls)
    {
        await using var web = await WebFixture.StartAsync((_, context) => context.Response.WriteAsync("done"));
        using var first = await web.PostAsync();
        var before = web.Store.Calls;
        using var repeat = await web.PostAsync(headers: attempt is null ? [] : [(IdempotencyHeaders.Attempt, attempt)]);
        Assert.True(repeat.IsReplay());
        Assert.Equal(calls, web.Store.Calls - before);
    }
}
