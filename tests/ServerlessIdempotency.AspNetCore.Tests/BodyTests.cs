using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests;

public sealed class BodyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_a_413_whether_or_not_its_length_is_announced(bool isAnnounced)
    {
        await using var web = await EchoAsync(options => options.MaxBodyBytes = 10);
        foreach (var (length, status) in new[] { (10, 200), (11, 413) })
        {
            using HttpContent content = isAnnounced ? new ByteArrayContent(new byte[length]) : new StreamContent(new UnseekableStream(new byte[length]));
            using var request = WebFixture.Request(HttpMethod.Post, $"k{length}", "/things/1", content);
            request.Headers.TransferEncodingChunked = !isAnnounced;
            using var answer = await web.Client.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
            if (status == 413)
            {
                await answer.AssertProblemAsync(413, "request-body-too-large", "at most 10 bytes");
            }
        }

        Assert.Equal(1, web.Runs);
    }

    [Theory]
    [InlineData("application/json", "{\"a\":")]
    [InlineData("application/json; charset=utf-8", "nope")]
    [InlineData("application/vnd.thing+json", "{} {}")]
    [InlineData("application/json", "{\"a\":1,\"a\":2}")]
    [InlineData("application/json", "{\"a\":\"\\ud800\"}")]
    [InlineData("application/json", " ")]
    [InlineData("application/json", "{\"a\":1,}")]
    [InlineData("application/json", "{/* note */\"a\":1}")]
    public async Task Json_without_a_canonical_form_is_for_the_endpoint_to_judge_and_every_byte_counts(string type, string body)
    {
        await using var web = await EchoAsync();
        using var first = await PostAsync(web, type, body);
        using var repeat = await PostAsync(web, type, body);
        using var other = await PostAsync(web, type, body + "\n");
        Assert.Equal(200, (int)first.StatusCode);
        Assert.True(repeat.IsReplay());
        await other.AssertProblemAsync(422, "idempotency-key-reused");
        Assert.Equal(1, web.Runs);
    }

    [Theory]
    [InlineData("text/plain", "{\"a\":")]
    [InlineData(null, "{\"a\":")]
    [InlineData("application/json; charset=utf-16", "not for this reader")]
    [InlineData("application/json", "")]
    public async Task Other_content_and_no_content_are_not_read_as_json(string? type, string body)
    {
        await using var web = await EchoAsync();
        using var answer = await PostAsync(web, type, body);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_endpoint_reads_the_whole_body_however_it_binds_it()
    {
        await using var web = await WebFixture.StartAsync(web =>
        {
            web.App.MapPost("/bound", (Dictionary<string, int> body) => $"{body["amount"]}").RequireIdempotencyKey();
            web.App.MapPost("/stream", async (Stream body) => await new StreamReader(body).ReadToEndAsync()).RequireIdempotencyKey();
            web.App.MapPost("/pipe", async (HttpRequest request) => $"{(await request.BodyReader.ReadAtLeastAsync(12)).Buffer.Length}").RequireIdempotencyKey();
        });
        foreach (var (uri, expected) in new[] { ("/bound", "1"), ("/stream", """{"amount":1}"""), ("/pipe", "12") })
        {
            using var answer = await web.PostAsync(uri: uri);
            Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_body_that_a_middleware_has_read_is_rewound_or_refused_but_never_taken_for_empty()
    {
        await using var web = await WebFixture.StartAsync(web =>
        {
            web.App.Use(async (context, next) =>
            {
                if (context.Request.Path.StartsWithSegments("/buffered"))
                {
                    context.Request.EnableBuffering();
                }

                await context.Request.Body.CopyToAsync(Stream.Null);
                await next(context);
            });
            web.App.MapPost("/buffered", async (Stream body) => await new StreamReader(body).ReadToEndAsync()).RequireIdempotencyKey();
            web.App.MapPost("/consumed", () => "").RequireIdempotencyKey();
        });
        using var answer = await web.PostAsync(uri: "/buffered");
        Assert.Equal("""{"amount":1}""", await answer.Content.ReadAsStringAsync());
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync(uri: "/consumed"));
        Assert.Contains("EnableBuffering", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_of_unknown_length_that_middleware_has_read_is_known_by_its_parts()
    {
        await using var web = await WebFixture.StartAsync(web =>
        {
            web.App.Use(async (context, next) =>
            {
                context.Request.ContentLength = null;
                await context.Request.ReadFormAsync();
                await next(context);
            });
            web.App.MapPost("/form", (HttpRequest request) => request.Form["amount"].ToString()).RequireIdempotencyKey();
        });
        using var first = await SendAsync("1");
        using var repeat = await SendAsync("1");
        using var other = await SendAsync("2");
        Assert.Equal("1", await first.Content.ReadAsStringAsync());
        Assert.True(repeat.IsReplay());
        await other.AssertProblemAsync(422, "idempotency-key-reused");

        Task<HttpResponseMessage> SendAsync(string amount) => web.Client.SendAsync(
            WebFixture.Request(HttpMethod.Post, "k", "/form", new FormUrlEncodedContent(new Dictionary<string, string> { ["amount"] = amount })));
    }

    private static Task<WebFixture> EchoAsync(Action<HttpIdempotencyOptions>? configure = null) => WebFixture.StartAsync(
        (web, context) =>
        {
            web.CountRun();
            return context.Request.Body.CopyToAsync(context.Response.Body);
        },
        configure);

    private static async Task<HttpResponseMessage> PostAsync(WebFixture web, string? type, string body)
    {
        using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        using var request = WebFixture.Request(HttpMethod.Post, "k", "/things/1", content);
        return await web.Client.SendAsync(request);
    }

    private sealed class UnseekableStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
