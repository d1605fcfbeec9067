using System.Diagnostics.Tracing;
using Azure.Core.Diagnostics;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Time.Testing;
using ServerlessIdempotency.Inbox;

namespace ServerlessIdempotency.ServiceBus.Tests;

/// <summary>A handler that takes longer than the lock of its message, by the clock of the broker, which stands still but for what the test lets pass.</summary>
public sealed class LockRenewalTests
{
    // The client renews after half of it, by the machine's clock, and takes it for lost at its end: the other half is for a slow machine.
    private static readonly TimeSpan Lock = TimeSpan.FromSeconds(16);

    [Fact]
    public Task A_message_is_its_handlers_for_as_long_as_that_takes() => Task.WhenAll(
        DeliversOnceAsync(Bus.Sessions, "ProcessorRenewSessionLockComplete"),
        DeliversOnceAsync(Bus.Plain, "ProcessorRenewMessageLockCompleteCore"));

    private static async Task DeliversOnceAsync(string queue, string renewal)
    {
        var renewed = new TaskCompletionSource();
        using var listener = new AzureEventSourceListener(
            (told, _) =>
            {
                if (told.EventName == renewal)
                {
                    renewed.TrySetResult();
                }
            },
            EventLevel.Informational);
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var bus = await Bus.StartAsync(time, Lock);
        var deliveries = new List<int>();
        var isTaken = new TaskCompletionSource();
        var isDone = new TaskCompletionSource();
        await using var consuming = await Consuming.StartAsync(
            bus,
            queue,
            async (message, cancellationToken) =>
            {
                deliveries.Add(message.DeliveryCount);
                isTaken.TrySetResult();
                await isDone.Task.WaitAsync(cancellationToken);
                return new Settlement.Complete();
            },
            configure: null);
        await using var sender = bus.Client.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage("{}") { MessageId = "m-1", SessionId = queue == Bus.Sessions ? "s" : null });
        await isTaken.Task.WaitAsync(Bus.MaxWait);

        // Past the end of the first lock.
        time.Advance(Lock * 0.8);
        await renewed.Task.WaitAsync(Bus.MaxWait);
        time.Advance(Lock * 0.8);
        isDone.SetResult();

        await using var receiver = bus.Client.CreateReceiver(queue);
        using var timeout = new CancellationTokenSource(Bus.MaxWait);
        while (await receiver.PeekMessageAsync(0, timeout.Token) is not null)
        {
        }

        Assert.Equal([1], deliveries);
        Assert.Empty(await bus.DeadLetters.ListAsync(queue, default));
    }
}
