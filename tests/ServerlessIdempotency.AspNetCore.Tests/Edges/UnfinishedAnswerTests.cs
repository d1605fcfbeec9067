using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>An answer that was not finished is a failure: nothing of it is stored.</summary>
public sealed class UnfinishedAnswerTests
{
    /// <summary>Guards <c>CapturedLifetime.IsAborted</c> in <c>CapturedResponse.FinishAsync</c>.</summary>
    [Fact]
    public async Task An_aborted_answer_closes_the_connection_and_runs_again()
    {
        await AssertRunsAgainAsync(async context =>
        {
            await context.Response.WriteAsync("half");
            context.Abort();
        });
    }

    [Fact]
    public async Task A_stream_that_is_cancelled_half_way_runs_again() =>
        await AssertRunsAgainAsync(context => Results.Stream(new BrokenStream(new OperationCanceledException())).ExecuteAsync(context));

    [Fact]
    public async Task A_stream_that_fails_half_way_runs_again() =>
        await AssertRunsAgainAsync(context => Results.Stream(new BrokenStream(new IOException("torn"))).ExecuteAsync(context));

    [Fact]
    public async Task A_pipe_that_fails_half_way_runs_again() => await AssertRunsAgainAsync(async context =>
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("half"u8.ToArray());
        await pipe.Writer.CompleteAsync(new IOException("torn"));
        await Results.Stream(pipe.Reader).ExecuteAsync(context);
    });

    /// <summary>Guards <c>CapturedBody.IsFailed</c>: a server aborts such an answer.</summary>
    [Fact]
    public async Task A_body_completed_with_an_exception_runs_again() => await AssertRunsAgainAsync(async context =>
    {
        await context.Response.WriteAsync("half");
        await context.Response.BodyWriter.CompleteAsync(new IOException("torn"));
    });

    /// <summary>Guards <c>CapturedResponse.ThrowIfTruncated</c>.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public async Task A_body_of_another_length_than_announced_runs_again(int announced) => await AssertRunsAgainAsync(context =>
    {
        context.Response.ContentLength = announced;
        return context.Response.WriteAsync("hello");
    });

    /// <summary>Guards <c>CapturedBody.MayBeCut</c>: serializers swallow the cancellation of the token that told the endpoint to stop.</summary>
    [Theory]
    [InlineData("minimal")]
    [InlineData("mvc")]
    public async Task Json_that_our_own_token_cuts_is_no_answer(string kind)
    {
        WebFixture? app = null;
        async IAsyncEnumerable<int> NumbersAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return 1;
            app!.Clock.Advance(TimeSpan.FromMinutes(5));
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        await using var web = app = await WebFixture.StartAsync(
            web => web.App.MapPost("/things/{id}", async (HttpContext context) =>
            {
                if (web.CountRun() > 1)
                {
                    await context.Response.WriteAsync("whole");
                }
                else if (kind == "minimal")
                {
                    await Results.Json(NumbersAsync(context.RequestAborted)).ExecuteAsync(context);
                }
                else
                {
                    await new OkObjectResult(NumbersAsync(context.RequestAborted)).ExecuteResultAsync(new ActionContext { HttpContext = context });
                }
            }).RequireIdempotencyKey(),
            configureServices: services => services.AddControllers());
        using var cut = await web.PostAsync();
        using var retry = await web.PostAsync();
        await cut.AssertProblemAsync(504, "idempotency-execution-timed-out");
        Assert.Equal("whole", await retry.Content.ReadAsStringAsync());
    }

    /// <summary>Guards the writes of <c>CapturedBody</c>, which no handler's token cuts: who answers although told to stop is heard.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(300_000)]
    public async Task A_whole_answer_after_the_end_of_time_is_stored(int length)
    {
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/things/{id}", async (HttpContext context) =>
        {
            web.CountRun();
            web.Clock.Advance(TimeSpan.FromMinutes(5));
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await Task.Yield();
            }

            return Results.Json(Enumerable.Repeat("x", length));
        }).RequireIdempotencyKey());
        using var first = await web.PostAsync();
        using var retry = await web.PostAsync();
        Assert.Equal(4 * length + 1, (await first.Content.ReadAsByteArrayAsync()).Length);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await retry.Content.ReadAsStringAsync());
        Assert.Equal(1, web.Runs);
    }

    /// <summary>An answer given up half-way is an execution without an answer: the crash policy says what follows. Guards <c>AnswerAbortedException</c>.</summary>
    [Theory]
    [InlineData("abort", CrashPolicy.Block)]
    [InlineData("abort", CrashPolicy.Park)]
    [InlineData("abort", CrashPolicy.Probe)]
    [InlineData("stream", CrashPolicy.Block)]
    [InlineData("pipe", CrashPolicy.Block)]
    [InlineData("exception", CrashPolicy.Block)]
    [InlineData("length", CrashPolicy.Block)]
    public async Task Where_nothing_may_run_twice_an_unfinished_answer_does_not(string how, CrashPolicy policy)
    {
        var asked = 0;
        Func<OperationContext, CancellationToken, Task<ProbeOutcome<HandlerOutcome<OperationResult>>>>? probe = policy != CrashPolicy.Probe ? null : (_, _) =>
        {
            asked++;
            return Task.FromResult<ProbeOutcome<HandlerOutcome<OperationResult>>>(new ProbeOutcome<HandlerOutcome<OperationResult>>.NotKnown("Nobody says."));
        };
        await using var web = await StartAsync(
            how switch
            {
                "abort" => Abort,
                "stream" => context => Results.Stream(new BrokenStream(new IOException("torn"))).ExecuteAsync(context),
                "pipe" => BreakPipe,
                "exception" => Complete,
                _ => Truncate,
            },
            new TaskCompletionSource(),
            new HttpOperation { CrashPolicy = policy, Probe = probe });
        await Assert.ThrowsAnyAsync<Exception>(() => web.PostAsync());

        HttpResponseMessage retry;
        do
        {
            // The connection breaks before the server is done with the request.
            retry = await web.PostAsync();
        }
        while (retry.Headers.RetryAfter is not null);

        await retry.AssertProblemAsync(409, "idempotency-outcome-unknown");
        Assert.Equal((1, policy == CrashPolicy.Probe), (web.Runs, asked > 0));
        retry.Dispose();

        static async Task Abort(HttpContext context)
        {
            await context.Response.WriteAsync("half");
            context.Abort();
        }

        static async Task BreakPipe(HttpContext context)
        {
            var pipe = new Pipe();
            await pipe.Writer.CompleteAsync(new IOException("torn"));
            await Results.Stream(pipe.Reader).ExecuteAsync(context);
        }

        static async Task Complete(HttpContext context)
        {
            await context.Response.WriteAsync("half");
            await context.Response.BodyWriter.CompleteAsync(new IOException("torn"));
        }

        static Task Truncate(HttpContext context)
        {
            context.Response.ContentLength = 3;
            return context.Response.WriteAsync("hello");
        }
    }

    private static async Task AssertRunsAgainAsync(Func<HttpContext, Task> unfinished)
    {
        var hasEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var web = await StartAsync(unfinished, hasEnded, HttpOperation.Default);
        await Assert.ThrowsAnyAsync<Exception>(() => web.PostAsync());
        await hasEnded.Task;
        using var second = await web.PostAsync();
        using var third = await web.PostAsync();
        Assert.Equal("whole", await second.Content.ReadAsStringAsync());
        Assert.False(second.IsReplay());
        Assert.Equal("whole", await third.Content.ReadAsStringAsync());
        Assert.True(third.IsReplay());
        Assert.Equal(2, web.Runs);
    }

    private static Task<WebFixture> StartAsync(Func<HttpContext, Task> unfinished, TaskCompletionSource hasEnded, HttpOperation operation) => WebFixture.StartAsync(web =>
    {
        web.App.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            finally
            {
                hasEnded.TrySetResult();
            }
        });
        web.App.MapPost("/things/{id}", context => web.CountRun() == 1 ? unfinished(context) : context.Response.WriteAsync("whole")).RequireIdempotencyKey(operation);
    });

    private sealed class BrokenStream(Exception exception) : Stream
    {
        private bool _hasGiven;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_hasGiven)
            {
                throw exception;
            }

            _hasGiven = true;
            "half"u8.CopyTo(buffer.AsSpan(offset));
            return 4;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
