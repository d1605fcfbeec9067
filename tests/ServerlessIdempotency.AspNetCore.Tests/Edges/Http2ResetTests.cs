using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.DependencyInjection;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>A stream of HTTP/2 that the endpoint resets, on Kestrel.</summary>
public sealed class Http2ResetTests
{
    /// <summary>Guards <c>CapturedLifetime.Reset</c>: the caller sees the endpoint's error code, and the half answer is stored nowhere.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_reset_runs_again(bool hasBegun)
    {
        const int enhanceYourCalm = 0xb;
        var runs = 0;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddIdempotency().AddInMemoryStore().AddHttp();
        await using var app = builder.Build();
        app.MapPost("/plain", Endpoint);
        app.MapPost("/once", Endpoint).RequireIdempotencyKey();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        Assert.Equal(enhanceYourCalm, await ResetOfAsync("/plain"));
        runs = 0;
        Assert.Equal(enhanceYourCalm, await ResetOfAsync("/once"));
        var answers = new List<string>();
        while (answers.Count < 2)
        {
            using var answer = await PostAsync("/once");
            if (answer.StatusCode == HttpStatusCode.Conflict)
            {
                // The reset reached the caller before the claim was given up.
                continue;
            }

            answers.Add($"{await answer.Content.ReadAsStringAsync()} {answer.Headers.Contains(IdempotencyHeaders.Replayed)}");
        }

        Assert.Equal(["whole False", "whole True"], answers);
        Assert.Equal(2, runs);

        async Task Endpoint(HttpContext context)
        {
            if (Interlocked.Increment(ref runs) > 1)
            {
                await context.Response.WriteAsync("whole");
                return;
            }

            if (hasBegun)
            {
                await context.Response.WriteAsync("half");
            }

            context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(enhanceYourCalm);
        }

        async Task<HttpResponseMessage> PostAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy, Content = new StringContent("{}") };
            request.Headers.Add("Idempotency-Key", "k");
            return await client.SendAsync(request);
        }

        async Task<long> ResetOfAsync(string path)
        {
            var failure = await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(path));
            for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
            {
                if (cause is HttpProtocolException protocol)
                {
                    return protocol.ErrorCode;
                }
            }

            throw failure;
        }
    }
}
