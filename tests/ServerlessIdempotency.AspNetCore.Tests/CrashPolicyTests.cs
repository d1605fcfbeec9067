using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessIdempotency.AspNetCore.Tests.Hosting;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Records;
using Found = ServerlessIdempotency.Execution.ProbeOutcome<ServerlessIdempotency.Execution.HandlerOutcome<ServerlessIdempotency.Records.OperationResult>>;

namespace ServerlessIdempotency.AspNetCore.Tests;

public sealed class CrashPolicyTests
{
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task After_an_exception_every_retry_is_told_that_nobody_knows(CrashPolicy policy)
    {
        await using var web = await StartAsync(new IdempotentAttribute { RequireKey = true, CrashPolicy = policy });
        await Assert.ThrowsAsync<IOException>(() => web.PostAsync());

        using var retry = await web.PostAsync();
        await retry.AssertProblemAsync(409, "idempotency-outcome-unknown");
        Assert.Null(retry.Header("Retry-After"));
        using var other = await web.PostAsync(body: """{"amount":2}""");
        await other.AssertProblemAsync(422, "idempotency-key-reused");
        Assert.Equal(1, web.Runs);
    }

    [Fact]
    public async Task A_probe_of_an_attribute_is_made_of_the_apps_services()
    {
        await using var web = await StartAsync(new IdempotentAttribute { RequireKey = true, CrashPolicy = CrashPolicy.Probe, ProbeType = typeof(GatewayProbe) });
        await Assert.ThrowsAsync<IOException>(() => web.PostAsync());

        using var retry = await web.PostAsync();
        Assert.True(retry.IsReplay());
        Assert.Equal("found by the Test app", await retry.Content.ReadAsStringAsync());
        Assert.Equal(1, web.Runs);
    }

    [Theory]
    [InlineData(CrashPolicy.Probe, null)]
    [InlineData(CrashPolicy.Probe, typeof(string))]
    [InlineData(CrashPolicy.Block, typeof(GatewayProbe))]
    public async Task A_policy_that_can_not_hold_stops_the_app_at_its_start(CrashPolicy policy, Type? probe) =>
        Assert.Contains(
            "IOperationProbe",
            (await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(new IdempotentAttribute { RequireKey = true, CrashPolicy = policy, ProbeType = probe }))).ToString(),
            StringComparison.Ordinal);

    /// <summary>Guards the check of the operation in <c>EndpointCheck</c>: what attributes say is not all that an endpoint is declared with.</summary>
    [Fact]
    public async Task An_operation_that_can_not_hold_stops_the_app_at_its_start()
    {
        HttpOperation[] wrong =
        [
            new() { CrashPolicy = CrashPolicy.Probe },
            new() { CrashPolicy = CrashPolicy.Probe, ProbeType = typeof(string) },
            new() { CrashPolicy = CrashPolicy.Block, ProbeType = typeof(GatewayProbe) },
            new() { Lease = TimeSpan.Zero },
            new() { MaxExecution = TimeSpan.FromDays(2) },
            new() { Retention = TimeSpan.FromSeconds(1) },
        ];
        foreach (var operation in wrong)
        {
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => WebFixture.StartAsync(web => web.App.MapPost("/things", () => "").RequireIdempotencyKey(operation)));
            Assert.Contains("is declared with", exception.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Guards what an attribute leaves to those before it.</summary>
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Probe)]
    public async Task An_attribute_that_says_nothing_of_crashes_leaves_the_policy_as_it_was(CrashPolicy policy)
    {
        await using var web = await WebFixture.StartAsync(web => web.App
            .MapPost("/things/{id}", (HttpContext context) => web.CountRun() == 1 ? throw new IOException("The connection is gone.") : context.Response.WriteAsync("run again"))
            .WithMetadata(new IdempotentAttribute { RequireKey = true, CrashPolicy = policy, ProbeType = policy == CrashPolicy.Probe ? typeof(GatewayProbe) : null })
            .WithMetadata(new IdempotentAttribute { Lease = "00:00:30" })
            .WithIdempotency());
        await Assert.ThrowsAsync<IOException>(() => web.PostAsync());

        using var retry = await web.PostAsync();
        Assert.Equal((policy == CrashPolicy.Block ? 409 : 201, 1), ((int)retry.StatusCode, web.Runs));
    }

    [Fact]
    public async Task An_attribute_takes_the_place_of_an_earlier_policy_with_its_probe()
    {
        await using var web = await WebFixture.StartAsync(web => web.App
            .MapPost("/things/{id}", (HttpContext context) => web.CountRun() == 1 ? throw new IOException("The connection is gone.") : context.Response.WriteAsync("run again"))
            .WithMetadata(new IdempotentAttribute { RequireKey = true, CrashPolicy = CrashPolicy.Probe, ProbeType = typeof(GatewayProbe) })
            .WithMetadata(new IdempotentAttribute { CrashPolicy = CrashPolicy.Rerun })
            .WithIdempotency());
        await Assert.ThrowsAsync<IOException>(() => web.PostAsync());

        using var retry = await web.PostAsync();
        Assert.Equal("run again", await retry.Content.ReadAsStringAsync());
    }

    /// <summary>Guards <c>CapturedEndpoint.EarlyFault</c>: nothing of the endpoint's own code has run.</summary>
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    public async Task What_binding_throws_leaves_nothing_unknown(CrashPolicy policy)
    {
        await using var web = await WebFixture.StartAsync(
            web => web.App.MapPost("/things/{id}", (int id, Missing? missing) => $"{id} {missing is null} {web.CountRun()}").RequireIdempotencyKey(new HttpOperation { CrashPolicy = policy }),
            configureServices: services => services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true));
        await Assert.ThrowsAsync<BadHttpRequestException>(() => web.PostAsync(body: "no JSON"));

        using var retry = await web.PostAsync(body: "no JSON", headers: ("X-Ready", "yes"));
        Assert.Equal(("1 False 1", 1), (await retry.Content.ReadAsStringAsync(), web.Runs));
    }

    /// <summary>Guards the outcome of a handler that is not started any more in <c>IdempotentHttp.RunAsync</c>.</summary>
    [Theory]
    [InlineData(CrashPolicy.Block)]
    [InlineData(CrashPolicy.Park)]
    [InlineData(CrashPolicy.Rerun)]
    public async Task A_caller_who_leaves_during_the_claim_leaves_nothing_unknown(CrashPolicy policy)
    {
        using var leaving = new CancellationTokenSource();
        await using var web = await WebFixture.StartAsync(web =>
        {
            web.App.Use((context, next) =>
            {
                context.RequestAborted = context.Request.Headers.ContainsKey("X-Leaves") ? leaving.Token : context.RequestAborted;
                return next(context);
            });
            web.App.MapPost("/things/{id}", () => $"run {web.CountRun()}").RequireIdempotencyKey(new HttpOperation { CrashPolicy = policy });
        });
        web.Store.AfterWrite = leaving.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => web.PostAsync(headers: ("X-Leaves", "yes")));

        using var retry = await web.PostAsync();
        Assert.Equal("run 1", await retry.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(CrashPolicy.Rerun, true)]
    [InlineData(CrashPolicy.Block, false)]
    public async Task Who_may_not_send_it_again_is_not_told_to(CrashPolicy policy, bool mayRetry)
    {
        await using var web = await WebFixture.StartAsync(
            web => web.App.MapPost("/things/{id}", async (HttpContext context) =>
            {
                web.Clock.Advance(TimeSpan.FromMinutes(5));
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }).RequireIdempotencyKey(new HttpOperation { CrashPolicy = policy }));

        using var answer = await web.PostAsync();
        await answer.AssertProblemAsync(504, "idempotency-execution-timed-out");
        Assert.Equal(mayRetry, answer.Header("Retry-After") is not null);
        Assert.Equal(mayRetry, (await answer.Content.ReadAsStringAsync()).Contains("again after", StringComparison.Ordinal));
    }

    /// <summary>Guards the redaction of what a probe found, and that a probe made for one question is disposed of.</summary>
    [Fact]
    public async Task What_a_probe_found_is_redacted_before_it_is_stored()
    {
        DisposableProbe.Disposed = 0;
        await using var web = await WebFixture.StartAsync(
            web => web.App
                .MapPost("/things/{id}", (HttpContext context) => web.CountRun() == 1 ? throw new IOException("The connection is gone.") : context.Response.WriteAsync("run again"))
                .RequireIdempotencyKey(new HttpOperation { CrashPolicy = CrashPolicy.Probe, ProbeType = typeof(DisposableProbe) }),
            options => options.Redact = (_, result) => result with { Body = "token ****"u8.ToArray() });
        await Assert.ThrowsAsync<IOException>(() => web.PostAsync());
        Assert.Equal(0, DisposableProbe.Disposed);

        using var retry = await web.PostAsync();
        using var replay = await web.PostAsync();
        Assert.Equal(("token ****", "token ****"), (await retry.Content.ReadAsStringAsync(), await replay.Content.ReadAsStringAsync()));
        Assert.Equal(1, DisposableProbe.Disposed);
    }

    private static Task<WebFixture> StartAsync(IdempotentAttribute attribute) => WebFixture.StartAsync(web => web.App
        .MapPost("/things/{id}", (HttpContext context) => web.CountRun() == 1 ? throw new IOException("The connection is gone.") : context.Response.WriteAsync("run again"))
        .WithMetadata(attribute)
        .WithIdempotency());

    private sealed class GatewayProbe(IHostEnvironment environment) : IOperationProbe
    {
        public Task<Found> ProbeAsync(OperationContext context, CancellationToken cancellationToken) => Task.FromResult<Found>(
            new Found.Happened(HandlerOutcome.Completed(new OperationResult(201, [], Encoding.UTF8.GetBytes($"found by the {environment.EnvironmentName} app")))));
    }

    private sealed class DisposableProbe : IOperationProbe, IDisposable
    {
        public static int Disposed { get; set; }

        public Task<Found> ProbeAsync(OperationContext context, CancellationToken cancellationToken) =>
            Task.FromResult<Found>(new Found.Happened(HandlerOutcome.Completed(new OperationResult(201, [], Encoding.UTF8.GetBytes("token 4711")))));

        public void Dispose() => Disposed++;
    }

    /// <summary>A parameter that is bound only from a request that is ready.</summary>
    private sealed class Missing
    {
        public static ValueTask<Missing?> BindAsync(HttpContext context) => context.Request.Headers.ContainsKey("X-Ready")
            ? ValueTask.FromResult<Missing?>(new Missing())
            : throw new BadHttpRequestException("Not ready.");
    }
}
