using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.Fingerprints;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>Bodies are the same where they mean the same, and differ where their meaning does.</summary>
public sealed class BodyMeaningTests
{
    [Theory]
    [InlineData("""{"amount":10}""", """{"amount":1e1}""", true)]
    [InlineData("""{"amount":9007199254740993}""", """{"amount":9007199254740992}""", false)]
    [InlineData("""{"amount":0.1}""", """{"amount":0.10000000000000000555}""", false)]
    [InlineData("""{"amount":1,"Amount":2}""", """{"Amount":2,"amount":1}""", false)]
    [InlineData("""{"amount":1,"b":2}""", """{"b":2,"amount":1}""", true)]
    [InlineData("""{"a":{"x":1,"X":2}}""", """{"a":{"X":2,"x":1}}""", false)]
    public async Task Json_is_compared_by_what_it_says(string first, string second, bool isSame)
    {
        await using var web = await CountingAsync();
        using var one = await web.PostAsync(body: first);
        using var two = await web.PostAsync(body: second);
        Assert.Equal(200, (int)one.StatusCode);
        Assert.Equal(isSame ? 200 : 422, (int)two.StatusCode);
        Assert.Equal(isSame, two.IsReplay());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_form_sent_again_with_another_boundary_replays(bool isReadBefore)
    {
        await using var web = await CountingAsync(isReadBefore: isReadBefore);
        using var first = await PostAsync(web, Form("one", "EUR", "content"));
        using var repeat = await PostAsync(web, Form("two", "EUR", "content"));
        using var otherField = await PostAsync(web, Form("three", "USD", "content"));
        using var otherFile = await PostAsync(web, Form("four", "EUR", "other content"));
        Assert.Equal(200, (int)first.StatusCode);
        Assert.True(repeat.IsReplay());
        Assert.Equal((422, 422), ((int)otherField.StatusCode, (int)otherFile.StatusCode));
        Assert.Equal(1, web.Runs);
    }

    /// <summary>Laws 7 and 12: bytes that are no UTF-8 must not all become the same replacement character.</summary>
    [Theory]
    [InlineData("text/plain; charset=iso-8859-1")]
    [InlineData("text/plain")]
    public async Task Fields_of_a_form_in_another_charset_are_told_apart(string contentType)
    {
        await using var web = await CountingAsync();
        using var first = await PostAsync(web, FieldOf(0xE9));
        using var repeat = await PostAsync(web, FieldOf(0xE9));
        using var other = await PostAsync(web, FieldOf(0xE8));
        Assert.Equal(200, (int)first.StatusCode);
        Assert.True(repeat.IsReplay());
        Assert.Equal(422, (int)other.StatusCode);

        MultipartFormDataContent FieldOf(byte letter)
        {
            var field = new ByteArrayContent([letter]);
            field.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            return new MultipartFormDataContent("same") { { field, "name" } };
        }
    }

    /// <summary>To a binder <c>a</c> and <c>A</c> are one name, whose values have an order.</summary>
    [Fact]
    public async Task Names_of_a_query_that_differ_by_letter_case_keep_their_order()
    {
        await using var web = await CountingAsync();
        using var first = await web.PostAsync(uri: "/things/1?a=1&A=2");
        using var other = await web.PostAsync(uri: "/things/1?A=2&a=1");
        Assert.Equal(200, (int)first.StatusCode);
        Assert.Equal(422, (int)other.StatusCode);
    }

    /// <summary>Guards <c>ContentCoding</c>: the header of gzip has the time of compression, and each library compresses otherwise.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_request_that_is_compressed_again_replays(string coding)
    {
        await using var web = await CountingAsync();
        using var first = await PostAsync(web, Compressed("""{"a":1}""", coding));
        using var repeat = await PostAsync(web, Compressed("""{"a":1}""", coding, CompressionLevel.NoCompression));
        using var plain = await PostAsync(web, Json("{\"a\":1}"u8.ToArray()));
        using var other = await PostAsync(web, Compressed("""{"a":2}""", coding));
        using var torn = await PostAsync(web, new ByteArrayContent([1, 2, 3]) { Headers = { ContentEncoding = { coding } } });
        Assert.Equal((200, 200, 200, 422, 422), ((int)first.StatusCode, (int)repeat.StatusCode, (int)plain.StatusCode, (int)other.StatusCode, (int)torn.StatusCode));
        Assert.Equal(1, web.Runs);
    }

    /// <summary>Law 7. Guards the order in <c>RequestFingerprint</c>: a form that was read has no bytes left.</summary>
    [Fact]
    public async Task A_form_read_before_is_known_by_its_parts_whatever_coding_is_named()
    {
        await using var web = await CountingAsync(isReadBefore: true);
        using var first = await PostAsync(web, Named("EUR"));
        using var other = await PostAsync(web, Named("USD"));
        Assert.Equal((200, 422), ((int)first.StatusCode, (int)other.StatusCode));

        static MultipartFormDataContent Named(string currency)
        {
            var form = Form("one", currency, "content");
            form.Headers.ContentEncoding.Add("identity");
            return form;
        }
    }

    /// <summary>Law 7. Guards <c>HttpExecution.BodyAsync</c>.</summary>
    [Fact]
    public async Task A_fingerprint_of_the_endpoints_own_sees_a_form_that_was_read_before()
    {
        await using var web = await WebFixture.StartAsync(web =>
        {
            web.App.Use(async (context, next) =>
            {
                await context.Request.ReadFormAsync();
                await next(context);
            });
            web.App.MapPost("/things/{id}", () => $"run {web.CountRun()}").RequireIdempotencyKey(new HttpOperation { Fingerprint = body => Fingerprint.FromBytes("own", body.Span) });
        });
        using var first = await PostAsync(web, Form("one", "EUR", "content"));
        using var repeat = await PostAsync(web, Form("two", "EUR", "content"));
        using var other = await PostAsync(web, Form("three", "USD", "content"));
        Assert.True(repeat.IsReplay());
        Assert.Equal(422, (int)other.StatusCode);
    }

    /// <summary>To a binder they are one name.</summary>
    [Fact]
    public async Task A_query_in_another_letter_case_replays()
    {
        await using var web = await CountingAsync();
        using var first = await web.PostAsync(uri: "/things/1?Amount=1&b=2");
        using var repeat = await web.PostAsync(uri: "/things/1?B=2&amount=1");
        using var other = await web.PostAsync(uri: "/things/1?amount=1&b=3");
        Assert.True(repeat.IsReplay());
        Assert.Equal(422, (int)other.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_compressed_request_runs_once_whether_or_not_it_is_decompressed(bool isDecompressed)
    {
        await using var web = await WebFixture.StartAsync(
            web =>
            {
                if (isDecompressed)
                {
                    web.App.UseRequestDecompression();
                }

                web.App.MapPost("/things", async (HttpRequest request) =>
                {
                    using var body = new MemoryStream();
                    await request.Body.CopyToAsync(body);
                    return $"{body.Length} run {web.CountRun()}";
                }).RequireIdempotencyKey();
            },
            configureServices: services => services.AddRequestDecompression());
        using var small = await PostAsync(web, Compressed("""{"a":1}"""), "/things", "small");
        using var smallAgain = await PostAsync(web, Compressed("""{"a":1}"""), "/things", "small");
        using var large = await PostAsync(web, Compressed($$"""{"a":"{{new string('x', 10_000)}}"}"""), "/things", "large");
        using var other = await PostAsync(web, Compressed("""{"a":2}"""), "/things", "small");
        Assert.Equal((200, 200, 200, 422), ((int)small.StatusCode, (int)smallAgain.StatusCode, (int)large.StatusCode, (int)other.StatusCode));
        Assert.True(smallAgain.IsReplay());
        Assert.StartsWith(isDecompressed ? "10008 " : "", await large.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_order_mark_changes_nothing()
    {
        await using var web = await CountingAsync();
        using var first = await PostAsync(web, Json([0xEF, 0xBB, 0xBF, .. "{\"a\":1}"u8]));
        using var repeat = await PostAsync(web, Json("{\"a\":1}"u8.ToArray()));
        Assert.True(repeat.IsReplay());
    }

    private static Task<WebFixture> CountingAsync(bool isReadBefore = false) => WebFixture.StartAsync(web =>
    {
        if (isReadBefore)
        {
            web.App.Use(async (context, next) =>
            {
                await context.Request.ReadFormAsync();
                await next(context);
            });
        }

        web.App.MapPost("/things/{id}", context => context.Response.WriteAsync($"run {web.CountRun()}")).RequireIdempotencyKey();
    });

    private static Task<HttpResponseMessage> PostAsync(WebFixture web, HttpContent content, string uri = "/things/1", string key = "k") =>
        web.Client.SendAsync(WebFixture.Request(HttpMethod.Post, key, uri, content));

    private static MultipartFormDataContent Form(string boundary, string currency, string file) => new(boundary)
    {
        { new StringContent(currency), "currency" },
        { new ByteArrayContent(Encoding.UTF8.GetBytes(file)), "file", "receipt.txt" },
    };

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static ByteArrayContent Compressed(string json, string coding = "gzip", CompressionLevel level = CompressionLevel.SmallestSize)
    {
        using var output = new MemoryStream();
        using (Stream encoder = coding switch
        {
            "gzip" => new GZipStream(output, level),
            "br" => new BrotliStream(output, level),
            _ => new ZLibStream(output, level),
        })
        {
            encoder.Write(Encoding.UTF8.GetBytes(json));
        }

        return new ByteArrayContent(output.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json"), ContentEncoding = { coding } } };
    }
}
