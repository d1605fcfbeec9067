using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Moq;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Outbox;
using TestDoubles.Execution;
using TestDoubles.Outbox;
using TestDoubles.Telemetry;

namespace ServerlessIdempotency.Tests.Telemetry;

/// <summary>What a person has to see is counted by the meter of the app's host.</summary>
public sealed class MetricsTests : IDisposable
{
    private readonly CountingMeters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Theory]
    [InlineData(CrashPolicy.Block, "outcomes.unknown crash_policy=Block: 1")]
    [InlineData(CrashPolicy.Rerun, null)]
    public async Task An_operation_whose_outcome_is_unknown_is_counted(CrashPolicy policy, string? counted)
    {
        await using var provider = Services(new SendOutcome.Sent()).BuildServiceProvider();

        await Assert.ThrowsAsync<IOException>(() => provider.GetRequiredService<IdempotencyEngine>().ExecuteAsync<string>(
            EngineFixture.Operation() with { CrashPolicy = policy }, (_, _) => throw new IOException("cut"), default));

        Assert.Equal(counted is null ? [] : [counted], _meters.Counts);
    }

    [Fact]
    public async Task A_message_that_is_given_up_is_counted()
    {
        await using var provider = Services(new SendOutcome.Refused("No such queue.")).BuildServiceProvider();
        await provider.GetRequiredService<IdempotencyEngine>().ExecuteAsync(
            EngineFixture.Operation() with { SendsMessages = true },
            (_, _) => Task.FromResult(HandlerOutcome.Completed(EngineFixture.Result("done"), messages: [OutboxFixture.Message("1")])),
            default);

        await provider.GetRequiredService<OutboxDispatcher>().DrainAsync(default);

        Assert.Equal(["messages.parked queue=events: 1"], _meters.Counts);
        await provider.GetRequiredService<OutboxDispatcher>().StopAsync(default);
    }

    private IServiceCollection Services(SendOutcome outcome)
    {
        var sender = new Mock<IMessageSender>();
        sender.Setup(port => port.SendAsync(It.IsAny<OutboundMessage>(), It.IsAny<CancellationToken>())).ReturnsAsync(outcome);
        var services = new ServiceCollection().AddLogging().AddSingleton<IMeterFactory>(_meters).AddSingleton(sender.Object);
        services.AddIdempotency().AddInMemoryStore().AddOutbox();
        return services;
    }
}
