using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.DependencyInjection;
using TestDoubles.Telemetry;

namespace ServerlessIdempotency.Inbox.Tests;

public sealed class InboxMetricsTests
{
    [Fact]
    public async Task A_dead_letter_is_counted_with_its_consumer_and_reason()
    {
        using var meters = new CountingMeters();
        var services = new ServiceCollection().AddLogging().AddSingleton<IMeterFactory>(meters);
        services.AddIdempotency().AddInMemoryStore().AddInbox(inbox => inbox.FirstRedeliveryPause = TimeSpan.Zero);
        await using var provider = services.BuildServiceProvider();
        var policy = provider.GetRequiredService<RedeliveryPolicy>();
        var message = new InboundMessage("x"u8.ToArray()) { MessageId = "m" };

        await policy.ConsumeAsync("orders", message, _ => Task.FromResult<Settlement>(new Settlement.Complete()), default);
        await policy.ConsumeAsync("orders", message, _ => throw new IOException("on fire"), default);
        await policy.ConsumeAsync("orders", message with { DeliveryCount = 10 }, _ => throw new IOException("on fire"), default);
        await policy.ConsumeBatchAsync("lines", [message], _ => Task.FromResult<IReadOnlyList<Settlement>>([Settlement.DeadLetter.Create("Odd", "It is odd.")]), default);

        Assert.Equal(["messages.dead_lettered consumer=lines reason=Odd: 1", "messages.dead_lettered consumer=orders reason=DeliveriesExhausted: 1"], meters.Counts);
    }

    /// <summary>A reason may be any text, and a backend keeps a series for each.</summary>
    [Fact]
    public void So_many_reasons_are_told_apart_and_the_rest_are_one()
    {
        using var meters = new CountingMeters();
        using var metrics = new Telemetry.IdempotencyMetrics(meters);
        for (var time = 0; time < 2; time++)
        {
            for (var number = 0; number < 60; number++)
            {
                metrics.DeadLettered("orders", $"The order {number:D2} is odd.");
            }
        }

        Assert.Equal(51, meters.Counts.Count);
        Assert.Contains("messages.dead_lettered consumer=orders reason=The order 49 is odd.: 2", meters.Counts);
        Assert.Contains("messages.dead_lettered consumer=orders reason=_OTHER: 20", meters.Counts);
    }
}
