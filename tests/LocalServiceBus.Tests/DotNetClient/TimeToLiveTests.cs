using Azure.Messaging.ServiceBus;

namespace LocalServiceBus.Tests.DotNetClient;

/// <summary>The client sees the time to live that counts: the shorter of its sender's and the queue's, from the moment at which the message was enqueued.</summary>
public sealed class TimeToLiveTests
{
    private static readonly TimeSpan Queues = TimeSpan.FromMinutes(20);

    // The wire tells whole milliseconds.
    private static readonly TimeSpan Rounding = TimeSpan.FromMilliseconds(2);

    [Theory]
    [InlineData(60, 20)]
    [InlineData(5, 5)]
    [InlineData(null, 20)]
    public async Task The_shorter_one_is_shown(int? own, int shown)
    {
        await using var bus = await DotNetBus.StartAsync(timeToLive: Queues);
        await bus.Client.CreateSender(DotNetBus.Plain).SendMessageAsync(Message(own));
        await using var receiver = bus.Client.CreateReceiver(DotNetBus.Plain);

        AssertShown(await receiver.PeekMessageAsync(), shown);
        AssertShown(await receiver.ReceiveMessageAsync(DotNetBus.Limit), shown);
    }

    [Fact]
    public async Task A_scheduled_messages_time_starts_when_it_is_enqueued()
    {
        await using var bus = await DotNetBus.StartAsync(timeToLive: Queues);
        var moment = DateTimeOffset.UtcNow.AddHours(2);
        await bus.Client.CreateSender(DotNetBus.Plain).ScheduleMessageAsync(Message(60), moment);

        var peeked = await bus.Client.CreateReceiver(DotNetBus.Plain).PeekMessageAsync();

        AssertShown(peeked, 20);
        Assert.Equal(moment + Queues, peeked.ExpiresAt, Rounding);
    }

    [Fact]
    public async Task What_is_in_the_batch_of_another_is_shown_its_own()
    {
        await using var bus = await DotNetBus.StartAsync(timeToLive: Queues);
        await bus.Client.CreateSender(DotNetBus.Plain).SendMessagesAsync([Message(60), Message(5)]);

        var peeked = await bus.Client.CreateReceiver(DotNetBus.Plain).PeekMessagesAsync(2);

        AssertShown(peeked[0], 20);
        AssertShown(peeked[1], 5);
    }

    private static ServiceBusMessage Message(int? minutes)
    {
        var message = new ServiceBusMessage("a") { Subject = "s", ApplicationProperties = { ["p"] = 1 } };
        if (minutes is { } own)
        {
            message.TimeToLive = TimeSpan.FromMinutes(own);
        }

        return message;
    }

    private static void AssertShown(ServiceBusReceivedMessage message, int minutes)
    {
        Assert.InRange(message.TimeToLive, TimeSpan.FromMinutes(minutes) - Rounding, TimeSpan.FromMinutes(minutes) + Rounding);
        Assert.Equal(message.EnqueuedTime + TimeSpan.FromMinutes(minutes), message.ExpiresAt, Rounding);
        Assert.Equal(("s", 1), (message.Subject, message.ApplicationProperties["p"]));
    }
}
