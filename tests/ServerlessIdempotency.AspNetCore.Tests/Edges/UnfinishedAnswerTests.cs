using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

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

    private static async Task AssertRunsAgainAsync(Func<HttpContext, Task> unfinished)
    {
        var hasEnded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var web = await WebFixture.StartAsync(web =>
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
            web.App.MapPost("/things/{id}", context => web.CountRun() == 1 ? unfinished(context) : context.Response.WriteAsync("whole")).RequireIdempotencyKey();
        });
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
