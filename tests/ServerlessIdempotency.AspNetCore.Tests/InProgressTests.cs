using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;

namespace ServerlessIdempotency.AspNetCore.Tests;

public sealed class InProgressTests
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_second_caller_is_told_when_to_come_back()
    {
        await using var web = await HeldAsync();
        var first = web.PostAsync();
        await _started.Task;
        web.Clock.Advance(TimeSpan.FromMilliseconds(20_300));
        using var second = await web.PostAsync();
        await second.AssertProblemAsync(409, "idempotency-key-in-progress", "Retry-After");

        // The first one has been at it for 20.3 s, in whole seconds.
        Assert.Equal("21", second.Header("Retry-After"));
        Assert.Null(second.Header(IdempotencyHeaders.PreferenceApplied));
        _release.SetResult();
        using var answer = await first;
        Assert.Equal("run 1", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_caller_who_prefers_to_wait_gets_the_stored_answer()
    {
        await using var web = await HeldAsync();
        var first = web.PostAsync();
        await _started.Task;
        var second = web.PostAsync(headers: (IdempotencyHeaders.Prefer, "respond-async, wait=10"));
        var pause = await web.Clock.NextPauseAsync();
        _release.SetResult();
        using var answer = await first;
        web.Clock.Advance(pause);
        using var waited = await second;
        Assert.True(waited.IsReplay());
        Assert.Equal("run 1", await waited.Content.ReadAsStringAsync());
        Assert.Equal("wait=10", waited.Header(IdempotencyHeaders.PreferenceApplied));
        Assert.Equal(1, web.Runs);
    }

    [Theory]
    [InlineData("wait=2", 2)]
    [InlineData("wait=3600", 5)]
    public async Task A_wait_ends_with_a_409_after_what_was_asked_or_the_cap(string prefer, int seconds)
    {
        await using var web = await HeldAsync(options => options.MaxWait = TimeSpan.FromSeconds(5));
        var first = web.PostAsync();
        await _started.Task;
        var start = web.Clock.GetUtcNow();
        var second = web.PostAsync(headers: (IdempotencyHeaders.Prefer, prefer));
        while (true)
        {
            var pause = web.Clock.NextPauseAsync();
            if (await Task.WhenAny(second, pause) == second)
            {
                break;
            }

            web.Clock.Advance(await pause);
        }

        using var answer = await second;
        await answer.AssertProblemAsync(409, "idempotency-key-in-progress");
        Assert.Equal($"wait={seconds}", answer.Header(IdempotencyHeaders.PreferenceApplied));
        Assert.Equal(TimeSpan.FromSeconds(seconds), web.Clock.GetUtcNow() - start);
        _release.SetResult();
        (await first).Dispose();
        Assert.Equal(1, web.Runs);
    }

    [Fact]
    public async Task Of_64_callers_one_runs_and_the_others_are_told()
    {
        await using var web = await HeldAsync();
        var calls = Enumerable.Range(0, 64).Select(_ => web.PostAsync()).ToList();
        await _started.Task;
        for (var told = 0; told < 63; told++)
        {
            var call = await Task.WhenAny(calls);
            calls.Remove(call);
            using var answer = await call;
            Assert.Equal(409, (int)answer.StatusCode);
        }

        _release.SetResult();
        using var winner = await calls.Single();
        Assert.Equal("run 1", await winner.Content.ReadAsStringAsync());
        Assert.Equal(1, web.Runs);
    }

    private Task<WebFixture> HeldAsync(Action<HttpIdempotencyOptions>? configure = null) => WebFixture.StartAsync(
        async (web, context) =>
        {
            var run = web.CountRun();
            _started.TrySetResult();
            await _release.Task;
            await context.Response.WriteAsync($"run {run}");
        },
        configure);
}
