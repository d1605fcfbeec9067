using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.DependencyInjection;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>The temporary file of a long answer, on Kestrel: there while it is needed and gone afterwards, and where there can be none, no reason to run anything again.</summary>
[Collection(Alone.Name)]
public sealed class LargeAnswerFileTests
{
    private const int InMemory = 256 * 1024;

    /// <summary>Guards the threshold in <c>CapturedBody.SpillAsync</c>, and that the file is registered there to be disposed.</summary>
    [Theory]
    [InlineData(InMemory, "answers", 0)]
    [InlineData(InMemory + 1, "answers", 1)]
    [InlineData(InMemory + 1, "throws", 1)]
    [InlineData(InMemory + 1, "aborts", 1)]
    public async Task A_body_is_in_a_file_beyond_256_KiB_until_its_request_is_over(int length, string end, int expected)
    {
        FileInfo[]? during = null;
        var isOver = new TaskCompletionSource();
        await using var app = await StartAsync(async context =>
        {
            await context.Response.Body.WriteAsync(new byte[length]);
            during = TemporaryFolder.Files;
            switch (end)
            {
                case "throws":
                    throw new InvalidOperationException("In the middle of it.");
                case "aborts":
                    context.Abort();
                    break;
            }
        }, isOver);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        if (end == "aborts")
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(client));
        }
        else
        {
            using var answer = await PostAsync(client);
            Assert.Equal(end == "answers" ? 200 : 500, (int)answer.StatusCode);
            Assert.Equal(end == "answers" ? length : 0, (await answer.Content.ReadAsByteArrayAsync()).Length);
        }

        await isOver.Task;
        Assert.Equal(expected, during!.Length);
        Assert.All(during, file => Assert.Equal(length, file.Length));
        Assert.Empty(TemporaryFolder.Files);
    }

    /// <summary>Law 14. Guards the catch in <c>CapturedBody.SpillAsync</c>; a full disk is an <see cref="IOException"/> too.</summary>
    [Fact]
    public async Task An_answer_for_which_there_is_no_file_is_a_tombstone_and_runs_once()
    {
        var runs = 0;
        await using var app = await StartAsync(async context =>
        {
            runs++;
            context.Response.StatusCode = 201;
            context.Response.Headers.Location = "/reports/1";
            await context.Response.Body.WriteAsync(new byte[InMemory + 1]);
            await context.Response.Body.WriteAsync(new byte[InMemory + 1]);
        });
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        await TemporaryFolder.WithoutAsync(async () =>
        {
            foreach (var isReplay in new[] { false, true })
            {
                using var answer = await PostAsync(client);
                Assert.Equal(201, (int)answer.StatusCode);
                Assert.Equal("/reports/1", answer.Header("Location"));
                Assert.Equal((2 * (InMemory + 1)).ToString(CultureInfo.InvariantCulture), answer.Header(IdempotencyHeaders.BodyOmitted));
                Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
                Assert.Equal(isReplay, answer.IsReplay());
            }
        });

        Assert.Equal(1, runs);
    }

    /// <summary>The default of <see cref="HttpIdempotencyOptions.MaxResponseBytes"/>, to the byte.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task The_caller_whose_call_ran_gets_64_MiB_whole_and_not_a_byte_more(int beyond)
    {
        const int Limit = 64 * 1024 * 1024;
        var chunk = new byte[1024 * 1024];
        new Random(7).NextBytes(chunk);
        await using var app = await StartAsync(async context =>
        {
            for (var sent = 0; sent < Limit; sent += chunk.Length)
            {
                await context.Response.Body.WriteAsync(chunk);
            }

            await context.Response.Body.WriteAsync(chunk.AsMemory(0, beyond));
        });
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var answer = await PostAsync(client);

        var body = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(beyond == 0 ? Limit : 0, body.Length);
        Assert.Equal(beyond == 0 ? null : "67108865", answer.Header(IdempotencyHeaders.BodyOmitted));
        for (var start = 0; start < body.Length; start += chunk.Length)
        {
            Assert.True(body.AsSpan(start, chunk.Length).SequenceEqual(chunk), $"It differs behind {start}.");
        }
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate endpoint, TaskCompletionSource? isOver = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddIdempotency().AddInMemoryStore().AddHttp();
        var app = builder.Build();
        app.Use((context, next) =>
        {
            // The first to be registered is the last to be called.
            context.Response.OnCompleted(() =>
            {
                isOver?.SetResult();
                return Task.CompletedTask;
            });
            return next(context);
        });
        app.MapPost("/reports", endpoint).RequireIdempotencyKey();
        await app.StartAsync();
        return app;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client) => client.SendAsync(WebFixture.Request(HttpMethod.Post, "k", "/reports", null));
}
