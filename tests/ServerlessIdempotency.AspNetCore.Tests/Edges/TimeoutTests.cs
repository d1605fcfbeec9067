using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>A request's time-out ends its answer, not its operation. Guards <c>IdempotentHttp.AnswerTimeoutAsync</c>.</summary>
public sealed class TimeoutTests
{
    [Fact]
    public async Task A_timeout_answers_the_caller_and_the_handlers_answer_is_stored()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runs = 0;
        var wasCancelled = true;
        async Task<IResult> RunAsync(HttpContext context, CancellationToken cancellationToken)
        {
            context.Response.Headers["X-Set-Before"] = "1";
            runs++;
            TimeUp(context);
            await release.Task;
            wasCancelled = cancellationToken.IsCancellationRequested;
            context.Response.Cookies.Append("late", "1");
            context.Response.Headers.ETag = "\"late\"";
            return Results.Created("/things/1", "whole");
        }

        // The same operation at two endpoints, of which one has no time-out.
        var operation = new HttpOperation { Name = "slow" };
        await using var app = await StartAsync(app =>
        {
            app.MapPost("/slow", RunAsync).WithRequestTimeout(new RequestTimeoutPolicy
            {
                Timeout = TimeSpan.FromDays(1),
                TimeoutStatusCode = 599,
                WriteTimeoutResponse = context => context.Response.WriteAsync("too slow"),
            }).RequireIdempotencyKey(operation);
            app.MapPost("/patient", RunAsync).RequireIdempotencyKey(operation);
        });
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var timedOut = await PostAsync(client);
        Assert.Equal(599, (int)timedOut.StatusCode);
        Assert.Equal("too slow", await timedOut.Content.ReadAsStringAsync());
        Assert.Null(timedOut.Header("X-Set-Before"));
        Assert.Equal("close", timedOut.Header("Connection"));
        Assert.False(release.Task.IsCompleted);

        release.SetResult();
        using var waiting = await PostAsync(client, "/patient", ("Prefer", "wait=60"));
        Assert.Equal(201, (int)waiting.StatusCode);
        Assert.Equal("\"whole\"", await waiting.Content.ReadAsStringAsync());
        Assert.Equal("\"late\"", waiting.Header("ETag"));
        Assert.True(waiting.IsReplay());
        Assert.False(wasCancelled);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_handler_with_rows_of_its_own_is_answered_in_time_too()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var operation = new HttpOperation { Name = "slow" };
        await using var app = await StartAsync(app =>
        {
            app.MapPost("/slow", (HttpContext context, IdempotentHttp http, CancellationToken cancellationToken) => http.ExecuteAsync(
                context.Request,
                operation,
                async (_, _) =>
                {
                    TimeUp(context);
                    await release.Task;
                    return HandlerOutcome.Completed(new OperationResult(201, [], "whole"u8.ToArray()));
                },
                cancellationToken)).WithRequestTimeout(TimeSpan.FromDays(1));
            app.MapPost("/patient", () => "never runs").RequireIdempotencyKey(operation);
        });
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var timedOut = await PostAsync(client);
        Assert.Equal(HttpStatusCode.GatewayTimeout, timedOut.StatusCode);
        Assert.False(release.Task.IsCompleted);

        release.SetResult();
        using var waiting = await PostAsync(client, "/patient", ("Prefer", "wait=60"));
        Assert.Equal(201, (int)waiting.StatusCode);
        Assert.Equal("whole", await waiting.Content.ReadAsStringAsync());
    }

    /// <summary>Guards <c>RequestTimeout.TryAnswerAsync</c>: an answer begun with its token cancelled would have a length and no body.</summary>
    [Fact]
    public async Task A_time_out_between_the_handlers_end_and_the_answer_is_the_policys_504()
    {
        await using var app = await StartAsync(app => app.MapPost("/slow", (HttpContext context) =>
        {
            context.Response.OnStarting(() =>
            {
                TimeUp(context);
                return Task.CompletedTask;
            });
            return "whole";
        }).WithRequestTimeout(TimeSpan.FromDays(1)).RequireIdempotencyKey());
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var timedOut = await PostAsync(client);
        using var replay = await PostAsync(client);

        Assert.Equal((HttpStatusCode.GatewayTimeout, ""), (timedOut.StatusCode, await timedOut.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.OK, "whole"), (replay.StatusCode, await replay.Content.ReadAsStringAsync()));
    }

    /// <summary>Guards <c>CapturedEndpoint.AnswerTimeoutAsync</c> after the endpoint's end, and <c>CallerDisconnect.TryLeave</c>: the caller waits for no store.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_caller_is_answered_in_time_also_where_the_store_hangs(bool inCommit)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        HttpContext? current = null;
        var store = new HangingStore(write =>
        {
            if (write == (inCommit ? 2 : 1))
            {
                TimeUp(current!);
                return release.Task;
            }

            return Task.CompletedTask;
        });
        var runs = 0;
        await using var app = await StartAsync(
            app =>
            {
                app.Use((context, next) =>
                {
                    current ??= context;
                    return next(context);
                });
                app.MapPost("/slow", () => $"run {++runs}").WithRequestTimeout(TimeSpan.FromDays(1)).RequireIdempotencyKey();
            },
            services => services.AddSingleton<IRowStore>(store));
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var timedOut = await PostAsync(client);
        Assert.Equal(HttpStatusCode.GatewayTimeout, timedOut.StatusCode);
        Assert.False(release.Task.IsCompleted);

        release.SetResult();
        using var retry = await PostAsync(client, "/slow", ("Prefer", "wait=60"));
        Assert.Equal("run 1", await retry.Content.ReadAsStringAsync());
        Assert.Equal(inCommit, retry.IsReplay());
    }

    [Fact]
    public async Task Without_a_policy_of_its_own_the_answer_is_504()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await StartAsync(app => app.MapPost("/slow", (HttpContext context) =>
        {
            TimeUp(context);
            return release.Task;
        }).WithRequestTimeout(TimeSpan.FromDays(1)).RequireIdempotencyKey());
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var timedOut = await PostAsync(client);
        Assert.Equal(HttpStatusCode.GatewayTimeout, timedOut.StatusCode);
        Assert.Equal("", await timedOut.Content.ReadAsStringAsync());
        release.SetResult();
    }

    [Fact]
    public async Task A_call_that_waits_for_another_times_out_by_the_middleware()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hasStarted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var operation = new HttpOperation { Name = "slow" };
        await using var app = await StartAsync(app =>
        {
            app.MapPost("/slow", () => "never runs").WithRequestTimeout(TimeSpan.FromMilliseconds(200)).RequireIdempotencyKey(operation);
            app.MapPost("/patient", () =>
            {
                hasStarted.SetResult();
                return release.Task;
            }).RequireIdempotencyKey(operation);
        });
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        var executing = PostAsync(client, "/patient");
        await hasStarted.Task;
        using var waiting = await PostAsync(client, "/slow", ("Prefer", "wait=60"));
        Assert.Equal(HttpStatusCode.GatewayTimeout, waiting.StatusCode);
        release.SetResult();
        using var executed = await executing;
        Assert.Equal(HttpStatusCode.OK, executed.StatusCode);
    }

    // The time is up at an event, for a moment of the clock might come before the handler starts.
    private static void TimeUp(HttpContext context) => ((TestTimeout)context.Features.GetRequiredFeature<IHttpRequestTimeoutFeature>()).Source.Cancel();

    private static async Task<WebApplication> StartAsync(Action<WebApplication> map, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Test" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddIdempotency().AddInMemoryStore().AddHttp(options => options.MaxWait = TimeSpan.FromMinutes(2));
        builder.Services.AddRequestTimeouts();
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseRequestTimeouts();
        app.Use(async (context, next) =>
        {
            // In place of the middleware's own, where the endpoint has days.
            using var timeout = new TestTimeout();
            if (context.Features.Get<IHttpRequestTimeoutFeature>() is not null && context.GetEndpoint()?.Metadata.GetMetadata<RequestTimeoutPolicy>() is { Timeout.TotalDays: >= 1 })
            {
                context.Features.Set<IHttpRequestTimeoutFeature>(timeout);
                context.RequestAborted = timeout.RequestTimeoutToken;
            }

            await next(context);
        });
        map(app);
        await app.StartAsync();
        return app;
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path = "/slow", params (string Name, string Value)[] headers)
    {
        using var request = WebFixture.Request(HttpMethod.Post, "k", path, new StringContent("{}"), headers);
        return await client.SendAsync(request);
    }

    private sealed class TestTimeout : IHttpRequestTimeoutFeature, IDisposable
    {
        public CancellationTokenSource Source { get; } = new();

        public CancellationToken RequestTimeoutToken => Source.Token;

        public void DisableTimeout()
        {
        }

        public void Dispose() => Source.Dispose();
    }

    /// <summary>A store whose writes may be held, counted from 1.</summary>
    private sealed class HangingStore(Func<int, Task> beforeReply) : IRowStore
    {
        private readonly InMemoryRowStore _inner = new();
        private int _writes;

        public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => _inner.ReadAsync(address, cancellationToken);

        public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
        {
            var outcome = await _inner.WriteAsync(transaction, cancellationToken);
            await beforeReply(Interlocked.Increment(ref _writes));
            return outcome;
        }

        public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => _inner.QueryAsync(query, cancellationToken);
    }
}
