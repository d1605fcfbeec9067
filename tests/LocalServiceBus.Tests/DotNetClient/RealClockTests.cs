using System.Globalization;
using Azure.Messaging.ServiceBus;

namespace LocalServiceBus.Tests.DotNetClient;

/// <summary>
/// The system's clock and timers, on queues that nobody touches while they wait: .NET's timers fire early now and then, and what is not waited for again comes never.
/// What is late is not measured, so that a busy machine is no fault; what does not come ends at the limit.
/// </summary>
public sealed class RealClockTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(40);

    [Fact]
    public async Task Sixty_scheduled_messages_come_to_a_receiver_that_only_waits()
    {
        await using var bus = await DotNetBus.StartAsync();
        await using var sender = bus.Client.CreateSender(DotNetBus.Plain);
        await using var receiver = bus.Client.CreateReceiver(DotNetBus.Plain, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        for (var number = 0; number < 60; number++)
        {
            var id = number.ToString(CultureInfo.InvariantCulture);
            var waiting = receiver.ReceiveMessageAsync(DotNetBus.Limit);

            await sender.ScheduleMessageAsync(new ServiceBusMessage("later") { MessageId = id }, DateTimeOffset.UtcNow + Soon);

            Assert.Equal(id, (await waiting)?.MessageId);
        }
    }

    [Fact]
    public async Task Twenty_lapsed_locks_give_the_message_to_a_receiver_that_only_waits()
    {
        await using var bus = await DotNetBus.StartAsync(lockDuration: Soon);
        await bus.Client.CreateSender(DotNetBus.Plain).SendMessageAsync(new ServiceBusMessage("a"));
        await using var receiver = bus.Client.CreateReceiver(DotNetBus.Plain);
        var deliveries = 0;
        while (deliveries <= 20)
        {
            var message = await receiver.ReceiveMessageAsync(DotNetBus.Limit);
            Assert.NotNull(message);
            Assert.True(message.DeliveryCount > deliveries, "A lapsed lock counts.");
            deliveries = message.DeliveryCount;
        }
    }

    [Fact]
    public async Task Twelve_lapsed_session_locks_give_the_session_to_who_only_waits()
    {
        await using var bus = await DotNetBus.StartAsync(lockDuration: Soon);
        await bus.Client.CreateSender(DotNetBus.Sessions).SendMessageAsync(new ServiceBusMessage("a") { SessionId = "s" });
        for (var lapse = 0; lapse < 12; lapse++)
        {
            // Not disposed of before the next one has it: a receiver that goes gives its session up.
            var session = await bus.Client.AcceptNextSessionAsync(DotNetBus.Sessions);
            Assert.Equal("s", session.SessionId);
        }
    }
}
