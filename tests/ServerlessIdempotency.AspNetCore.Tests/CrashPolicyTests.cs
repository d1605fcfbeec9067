using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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

    private static Task<WebFixture> StartAsync(IdempotentAttribute attribute) => WebFixture.StartAsync(web => web.App
        .MapPost("/things/{id}", (HttpContext context) => web.CountRun() == 1 ? throw new IOException("The connection is gone.") : context.Response.WriteAsync("run again"))
        .WithMetadata(attribute)
        .WithIdempotency());

    private sealed class GatewayProbe(IHostEnvironment environment) : IOperationProbe
    {
        public Task<Found> ProbeAsync(OperationContext context, CancellationToken cancellationToken) => Task.FromResult<Found>(
            new Found.Happened(HandlerOutcome.Completed(new OperationResult(201, [], Encoding.UTF8.GetBytes($"found by the {environment.EnvironmentName} app")))));
    }
}
