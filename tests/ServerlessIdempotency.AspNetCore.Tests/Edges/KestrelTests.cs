using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>What only a real server does to a request's body and a response's first line.</summary>
public sealed class KestrelTests
{
    /// <summary>Law 7. Guards the look at <c>IsReadOnly</c> in <c>RequestBody</c>: without a length, a body that was read looks like none.</summary>
    [Fact]
    public async Task A_body_without_a_length_that_a_middleware_has_read_is_refused_and_not_taken_for_empty()
    {
        await using var app = await StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
                await next(context);
            });
            app.MapPost("/things", () => "ran").RequireIdempotencyKey();
        });

        Assert.StartsWith("HTTP/1.1 500 ", await SendAsync(app, "POST /things HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), StringComparison.Ordinal);
    }

    /// <summary>Guards the catch in <c>RequestReader.ReadBodyAsync</c>: as the endpoint's binding answers it.</summary>
    [Theory]
    [InlineData("Idempotency-Key: k\r\n")]
    [InlineData("")]
    public async Task A_malformed_chunk_is_a_400_with_a_key_and_without(string header)
    {
        await using var app = await StartAsync(app => app.MapPost("/things", (Dictionary<string, int> body) => body.Count).WithIdempotency());

        Assert.StartsWith("HTTP/1.1 400 ", await SendAsync(app, $"POST /things HTTP/1.1\r\nHost: a\r\n{header}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nno length\r\n"), StringComparison.Ordinal);
    }

    /// <summary>Guards <c>BufferedBodySize</c>: uploads raise the limit in their handler.</summary>
    [Fact]
    public async Task A_handler_may_set_the_limit_of_its_body_as_without_a_key()
    {
        await using var app = await StartAsync(app => app.MapPost("/things", (HttpContext context) =>
        {
            context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
            return "raised";
        }).WithIdempotency());
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var answer = await client.SendAsync(WebFixture.Request(HttpMethod.Post, "k", "/things", new StringContent("{}")));

        Assert.Equal("raised", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_text_beside_the_status_reaches_the_caller_whose_call_ran()
    {
        await using var app = await StartAsync(app => app.MapPost("/things", (HttpContext context) =>
        {
            context.Response.StatusCode = 402;
            context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "Declined";
        }).WithIdempotency());

        Assert.StartsWith("HTTP/1.1 402 Declined\r\n", await SendAsync(app, "POST /things HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    /// <summary>Law 1: what an endpoint set for an answer that nobody gets stands beside no other one.</summary>
    [Fact]
    public async Task The_text_beside_the_status_is_that_of_the_answer_that_is_sent()
    {
        var store = new TestRowStore();
        await using var app = await StartAsync(
            app => app.MapPost("/things", (HttpContext context) =>
            {
                context.Response.StatusCode = 402;
                context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = "Declined";
                store.IsDown = true;
            }).WithIdempotency(),
            services => services.AddSingleton<IRowStore>(store));

        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", await SendAsync(app, "POST /things HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    /// <summary>Guards the token of <c>EndpointSettings.ExecuteAsync</c>: a body that comes by the byte ends with its caller.</summary>
    [Fact]
    public async Task A_caller_who_leaves_while_the_body_is_read_ends_the_request()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leaving = new CancellationTokenSource();
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                // In place of a request's time-out.
                context.RequestAborted = leaving.Token;
                reading.SetResult();
                try
                {
                    await next(context);
                }
                finally
                {
                    ended.SetResult();
                }
            });
            app.MapPost("/things", () => "ran").RequireIdempotencyKey();
        });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);
        await client.GetStream().WriteAsync("POST /things HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k\r\nContent-Length: 1000\r\n\r\na"u8.ToArray());
        await reading.Task;

        await leaving.CancelAsync();
        await ended.Task;
    }

    private static async Task<WebApplication> StartAsync(Action<WebApplication> map, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddIdempotency().AddInMemoryStore().AddHttp();
        builder.Services.Configure<RowWriterOptions>(options => options.ResendDelay = TimeSpan.Zero);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return app;
    }

    private static async Task<string> SendAsync(WebApplication app, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Single()).Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadToEndAsync();
    }
}
