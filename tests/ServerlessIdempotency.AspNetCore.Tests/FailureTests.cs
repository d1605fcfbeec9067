using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.AspNetCore.Tests;

public sealed class FailureTests
{
    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    public async Task An_answer_that_is_no_decision_is_not_stored_and_the_retry_runs_at_once(int status)
    {
        await using var web = await WebFixture.StartAsync((web, context) =>
        {
            context.Response.StatusCode = web.CountRun() == 1 ? status : 201;
            context.Response.Headers["X-Trace"] = "t";
            return context.Response.WriteAsync("body");
        });
        using var first = await web.PostAsync();
        Assert.Equal(status, (int)first.StatusCode);
        Assert.Equal("body", await first.Content.ReadAsStringAsync());
        Assert.Equal("t", first.Header("X-Trace"));
        Assert.Null(first.Header(IdempotencyHeaders.Expires));

        using var other = await web.PostAsync(body: "{}");
        await other.AssertProblemAsync(422, "idempotency-key-reused");

        using var retry = await web.PostAsync();
        using var repeat = await web.PostAsync();
        Assert.Equal(201, (int)retry.StatusCode);
        Assert.False(retry.IsReplay());
        Assert.True(repeat.IsReplay());
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(TaskCanceledException))]
    public async Task A_handler_that_throws_is_run_again_by_the_retry_and_leaks_nothing(Type thrown)
    {
        await using var web = await WebFixture.StartAsync(web =>
        {
            web.App.Use(async (context, next) =>
            {
                // As an exception handler would, but keeping the headers, so that a leak shows.
                _ = context.Response.Cookies;
                try
                {
                    await next(context);
                }
                catch (Exception exception) when (exception.GetType() == thrown)
                {
                    context.Response.StatusCode = 500;
                    await context.Response.WriteAsync("caught");
                }
            });
            web.App.MapPost("/things/{id}", async (HttpContext context) =>
            {
                context.Response.Headers.Location = "/secret";
                context.Response.Cookies.Append("session", "secret");
                await context.Response.WriteAsync("half");
                if (web.CountRun() == 1)
                {
                    throw (Exception)Activator.CreateInstance(thrown)!;
                }
            }).RequireIdempotencyKey();
        });
        using var first = await web.PostAsync();
        Assert.Equal(500, (int)first.StatusCode);
        Assert.Equal("caught", await first.Content.ReadAsStringAsync());
        Assert.Null(first.Header("Location"));
        Assert.Null(first.Header("Set-Cookie"));

        using var retry = await web.PostAsync();
        Assert.Equal("half", await retry.Content.ReadAsStringAsync());
        Assert.False(retry.IsReplay());
        Assert.Equal(2, web.Runs);
    }

    [Fact]
    public async Task A_retry_skips_the_recorded_steps()
    {
        var charges = 0;
        var keys = new List<string>();
        await using var web = await WebFixture.StartAsync(web => web.App.MapPost("/things/{id}", async (OperationContext operation, CancellationToken cancellationToken) =>
        {
            keys.Add(operation.StableKey("charge"));
            var charged = await operation.StepAsync("charge", (_, _) => Task.FromResult(++charges), NumberJsonContext.Default.Int32, cancellationToken);
            return web.CountRun() == 1 ? throw new InvalidOperationException("after the charge") : $"charge {charged}";
        }).RequireIdempotencyKey());
        await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync());
        using var retry = await web.PostAsync();
        Assert.Equal("charge 1", await retry.Content.ReadAsStringAsync());
        Assert.Equal(1, charges);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public async Task With_the_store_unreachable_the_answer_is_503_and_the_handler_did_not_run()
    {
        await using var web = await WebFixture.StartAsync(
            (web, context) => context.Response.WriteAsync($"run {web.CountRun()}"),
            options => options.UnavailableRetryAfter = TimeSpan.FromSeconds(6.2));
        web.Store.IsDown = true;
        using var first = await web.PostAsync();
        await first.AssertProblemAsync(503, "idempotency-store-unavailable", "Nothing was executed");
        Assert.Equal("7", first.Header("Retry-After"));
        Assert.Equal(0, web.Runs);

        web.Store.IsDown = false;
        using var retry = await web.PostAsync();
        Assert.Equal("run 1", await retry.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task With_the_store_lost_before_the_commit_nothing_of_the_handlers_answer_is_sent()
    {
        await using var web = await WebFixture.StartAsync((web, context) =>
        {
            web.Store.IsDown = web.CountRun() == 1;
            context.Response.Headers.Location = "/secret";
            context.Response.StatusCode = 201;
            return context.Response.WriteAsync("secret");
        });
        using var first = await web.PostAsync();
        await first.AssertProblemAsync(503, "idempotency-store-unavailable", "not known");
        Assert.Null(first.Header("Location"));

        web.Store.IsDown = false;
        web.Clock.Advance(TimeSpan.FromSeconds(61));
        using var retry = await web.PostAsync();
        Assert.Equal(201, (int)retry.StatusCode);
        Assert.Equal(2, web.Runs);
    }

    [Fact]
    public async Task A_zombie_answers_with_the_result_of_the_one_who_took_over()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lapsed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var web = await WebFixture.StartAsync(async (web, context) =>
        {
            var run = web.CountRun();
            context.Response.Headers["X-Run"] = $"{run}";
            if (run == 1)
            {
                context.RequestAborted.Register(lapsed.SetResult);
                started.SetResult();
                await release.Task;
            }

            await context.Response.WriteAsync($"run {run}");
        });
        var zombie = web.PostAsync();
        await started.Task;

        // It can't renew, its lease runs out, and it is told; it goes on all the same.
        web.Store.IsDown = true;
        web.Clock.Advance(TimeSpan.FromSeconds(62));
        await lapsed.Task;
        web.Store.IsDown = false;
        using var taker = await web.PostAsync();
        release.SetResult();
        using var late = await zombie;
        Assert.Equal("run 2", await taker.Content.ReadAsStringAsync());
        Assert.Equal("run 2", await late.Content.ReadAsStringAsync());
        Assert.True(late.IsReplay());
        Assert.Null(late.Header("X-Run"));
    }

    [Fact]
    public async Task A_caller_who_disconnects_does_not_stop_the_handler_and_the_answer_is_committed()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var wasCancelled = false;
        await using var web = await WebFixture.StartAsync(web =>
        {
            web.App.Use(async (context, next) =>
            {
                using var registration = context.RequestAborted.Register(gone.SetResult);
                await next(context);
                over.TrySetResult();
            });
            web.App.MapPost("/things/{id}", async (HttpContext context, CancellationToken cancellationToken) =>
            {
                web.CountRun();
                started.SetResult();
                await gone.Task;
                wasCancelled = cancellationToken.IsCancellationRequested || context.RequestAborted.IsCancellationRequested;
                return "done";
            }).RequireIdempotencyKey();
        });
        using var disconnect = new CancellationTokenSource();
        using var request = WebFixture.Request(HttpMethod.Post, "k", "/things/1", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"));
        var first = web.Client.SendAsync(request, disconnect.Token);
        await started.Task;
        await disconnect.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await over.Task;

        using var retry = await web.PostAsync(body: "{}");
        Assert.True(retry.IsReplay());
        Assert.Equal("done", await retry.Content.ReadAsStringAsync());
        Assert.Equal(1, web.Runs);
        Assert.False(wasCancelled);
    }
}
