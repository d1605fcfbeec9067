using Azure.Messaging.ServiceBus;

namespace LocalServiceBus.Tests.DotNetClient;

/// <summary>What was taken in can be received, however much the broker adds to it. Guards the links on which the broker sends: they announce no largest message.</summary>
public sealed class SizeTests
{
    private static readonly TimeSpan Limit = DotNetBus.Limit;

    [Fact]
    public async Task A_message_as_large_as_a_queue_takes_can_be_received()
    {
        await using var bus = await DotNetBus.StartAsync();
        await bus.Client.CreateSender(DotNetBus.Plain).SendMessageAsync(new ServiceBusMessage(new byte[262_000]));

        var message = await bus.Client.CreateReceiver(DotNetBus.Plain).ReceiveMessageAsync(Limit);

        Assert.Equal(262_000, message.Body.ToMemory().Length);
    }

    [Fact]
    public async Task A_large_message_that_is_dead_lettered_with_long_reasons_can_be_received()
    {
        await using var bus = await DotNetBus.StartAsync();
        await bus.Client.CreateSender(DotNetBus.Plain).SendMessageAsync(new ServiceBusMessage(new byte[260_000]));
        await using var receiver = bus.Client.CreateReceiver(DotNetBus.Plain);
        var (reason, description) = (new string('r', 4000), new string('d', 4000));
        await receiver.DeadLetterMessageAsync(await receiver.ReceiveMessageAsync(Limit), reason, description);

        await using var deadLetters = bus.Client.CreateReceiver(DotNetBus.Plain, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var letter = await deadLetters.ReceiveMessageAsync(Limit);

        Assert.Equal((reason, description, 260_000), (letter.DeadLetterReason, letter.DeadLetterErrorDescription, letter.Body.ToMemory().Length));
    }

    [Fact]
    public async Task A_peek_at_more_than_the_largest_message_brings_them_all()
    {
        await using var bus = await DotNetBus.StartAsync();
        await using var sender = bus.Client.CreateSender(DotNetBus.Plain);
        foreach (var chunk in Enumerable.Range(0, 250).Chunk(50))
        {
            await sender.SendMessagesAsync(chunk.Select(_ => new ServiceBusMessage(new byte[2048])));
        }

        await using var receiver = bus.Client.CreateReceiver(DotNetBus.Plain);
        Assert.Equal(250, (await receiver.PeekMessagesAsync(250)).Count);
    }

    // Guards the bound of one answer: a peek at everything would fill the memory of broker and client.
    [Fact]
    public async Task A_peek_at_very_much_brings_a_part_of_it_and_the_next_peek_goes_on()
    {
        await using var bus = await DotNetBus.StartAsync();
        await using var sender = bus.Client.CreateSender(DotNetBus.Plain);
        for (var number = 0; number < 40; number++)
        {
            await sender.SendMessageAsync(new ServiceBusMessage(new byte[250_000]) { MessageId = $"m-{number}" });
        }

        await using var receiver = bus.Client.CreateReceiver(DotNetBus.Plain);
        var seen = new List<string>();
        var first = await receiver.PeekMessagesAsync(100);
        Assert.InRange(first.Count, 1, 20);
        for (var page = first; page.Count > 0; page = await receiver.PeekMessagesAsync(100))
        {
            seen.AddRange(page.Select(message => message.MessageId));
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(number => $"m-{number}"), seen);
    }
}
