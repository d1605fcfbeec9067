using System.Globalization;
using ServerlessIdempotency.AspNetCore.Responses;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests.Edges;

/// <summary>Law 14: an answer that is too large runs no handler again. The caller whose call executed gets all of it, a retry what could be stored.</summary>
public sealed class LargeAnswerTests
{
    private const int LargestStored = 8 * 1024 * 1024;

    /// <summary>Guards <c>ResultLimits.Apply</c> in <c>Claim.CompleteAsync</c>.</summary>
    [Theory]
    [InlineData(800 * 1024)]
    [InlineData(LargestStored + 1)]
    public async Task The_first_caller_gets_it_whole_and_a_retry_a_tombstone(int length)
    {
        var noise = Noise(length);
        await using var web = await WebFixture.StartAsync(async (web, context) =>
        {
            web.CountRun();
            context.Response.StatusCode = 201;
            context.Response.Headers.Location = "/reports/1";
            context.Response.ContentType = "application/pdf";
            context.Response.Headers.ContentEncoding = "identity";
            await WriteAsync(context.Response.Body, noise);
        });

        using var first = await web.PostAsync();
        using var second = await web.PostAsync();

        Assert.Equal(noise, await first.Content.ReadAsByteArrayAsync());
        Assert.Null(first.Header(IdempotencyHeaders.BodyOmitted));
        Assert.NotNull(first.Header(IdempotencyHeaders.Expires));
        Assert.Equal(1, web.Runs);
        Assert.True(second.IsReplay());
        Assert.Equal(201, (int)second.StatusCode);
        Assert.Equal("/reports/1", second.Header("Location"));
        Assert.Equal("application/pdf", second.Content.Headers.ContentType?.ToString());
        Assert.Empty(second.Content.Headers.ContentEncoding);
        Assert.Equal(length.ToString(CultureInfo.InvariantCulture), second.Header(IdempotencyHeaders.BodyOmitted));
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData(CapturedBody.MemoryThreshold)]
    [InlineData(CapturedBody.MemoryThreshold + 1)]
    [InlineData(700 * 1024)]
    public async Task A_long_answer_that_can_be_stored_is_replayed_whole(int length)
    {
        var noise = Noise(length);
        await using var web = await WebFixture.StartAsync((web, context) => WriteAsync(context.Response.Body, noise));

        using var first = await web.PostAsync();
        using var second = await web.PostAsync();

        Assert.Equal(noise, await first.Content.ReadAsByteArrayAsync());
        Assert.True(second.IsReplay());
        Assert.Equal(noise, await second.Content.ReadAsByteArrayAsync());
    }

    /// <summary>Guards <c>IsOmitted</c> of <c>CapturedBody</c>.</summary>
    [Fact]
    public async Task Beyond_the_hard_limit_the_first_caller_gets_the_tombstone_too()
    {
        await using var web = await WebFixture.StartAsync(
            async (web, context) =>
            {
                web.CountRun();
                context.Response.Headers.Location = "/reports/1";
                await WriteAsync(context.Response.Body, Noise(400 * 1024));
            },
            options => options.MaxResponseBytes = 300 * 1024);

        using var first = await web.PostAsync();
        using var second = await web.PostAsync();

        foreach (var answer in new[] { first, second })
        {
            Assert.Equal(200, (int)answer.StatusCode);
            Assert.Equal("/reports/1", answer.Header("Location"));
            Assert.Equal("409600", answer.Header(IdempotencyHeaders.BodyOmitted));
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        }

        Assert.False(first.IsReplay());
        Assert.True(second.IsReplay());
        Assert.Equal(1, web.Runs);
    }

    [Fact]
    public async Task A_large_failure_reaches_its_caller_and_runs_again()
    {
        var noise = Noise(LargestStored + 1);
        await using var web = await WebFixture.StartAsync((web, context) =>
        {
            context.Response.StatusCode = web.CountRun() == 1 ? 500 : 200;
            return WriteAsync(context.Response.Body, noise);
        });

        using var first = await web.PostAsync();
        using var second = await web.PostAsync();

        Assert.Equal(500, (int)first.StatusCode);
        Assert.Equal(noise, await first.Content.ReadAsByteArrayAsync());
        Assert.Equal(200, (int)second.StatusCode);
        Assert.Equal(2, web.Runs);
    }

    /// <summary>Law 11: what was written through the pipe before a spill comes before what is written through the stream after it.</summary>
    [Fact]
    public async Task Pipe_and_stream_keep_their_order_across_the_spill()
    {
        var parts = Enumerable.Range(0, 9).Select(index => Enumerable.Repeat((byte)index, 100_000).ToArray()).ToArray();
        await using var web = await WebFixture.StartAsync(async (web, context) =>
        {
            for (var index = 0; index < parts.Length; index++)
            {
                if (index % 2 == 0)
                {
                    parts[index].CopyTo(context.Response.BodyWriter.GetSpan(parts[index].Length));
                    context.Response.BodyWriter.Advance(parts[index].Length);
                }
                else
                {
                    await context.Response.Body.WriteAsync(parts[index]);
                }
            }
        });

        using var first = await web.PostAsync();

        Assert.Equal(parts.SelectMany(part => part), await first.Content.ReadAsByteArrayAsync());
    }

    private static async Task WriteAsync(Stream stream, byte[] bytes)
    {
        foreach (var chunk in bytes.Chunk(50_000))
        {
            await stream.WriteAsync(chunk);
        }
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
