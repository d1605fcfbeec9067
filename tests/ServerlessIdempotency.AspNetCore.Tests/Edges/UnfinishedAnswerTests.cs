using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
        OperationProbe? probe = policy != CrashPolicy.Probe ? null : (_, _) =>
        {
            asked++;
            return Task.FromResult<ProbeOutcome<HandlerOutcome<OperationResult>>>(new ProbeOutcome<HandlerOutcome<OperationResult>>.NotKnown("Nobody says."));
        };
        await using var web = await StartAsync(
            how switch
            {
                "abort" => async context =>
                {
                    await context.Response.WriteAsync("half");
                    context.Abort();
                },
                "stream" => context => Results.Stream(new BrokenStream(new IOException("torn"))).ExecuteAsync(context),
                "pipe" => async context =>
                {
                    var pipe = new Pipe();
                    await pipe.Writer.CompleteAsync(new IOException("torn"));
                    await Results.Stream(pipe.Reader).ExecuteAsync(context);
                },
                "exception" => async context =>
                {
                    await context.Response.WriteAsync("half");
                    await context.Response.BodyWriter.CompleteAsync(new IOException("torn"));
                },
                _ => context =>
                {
                    context.Response.ContentLength = 3;
                    return context.Response.WriteAsync("hello");
                },
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
