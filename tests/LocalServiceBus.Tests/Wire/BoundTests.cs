using Amqp.Framing;
using Azure.Messaging.ServiceBus;
using LocalServiceBus.Configuration;
using LocalServiceBus.Tests.DotNetClient;
using Microsoft.Extensions.Time.Testing;

namespace LocalServiceBus.Tests.Wire;

/// <summary>What one client can make the broker keep.</summary>
public sealed class BoundTests
{
    private const int Large = 250_000;
    private const int Messages = 200;

    // What stays in the broker is bounded by 4 MB; the rest is what the sockets of both sides hold.
    private const int MostForWhoDoesNotRead = 120;

    [Fact]
    public async Task Clients_that_never_open_their_connection_are_let_go()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await StartAsync(clock);
        using var opened = await RawClient.ConnectAsync(server.Port);
        await opened.SendAsync([.. RawClient.AmqpHeader, .. RawClient.Frame(new Open { ContainerId = "raw", HostName = "x" })]);
        await opened.ReadAsync(RawClient.AmqpHeader.Length + 8);
        var clients = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => RawClient.ConnectAsync(server.Port)));

        // The answer to half of a handshake shows that the broker knows the client.
        foreach (var client in clients)
        {
            await client.SendAsync(RawClient.AmqpHeader);
            Assert.Equal(RawClient.AmqpHeader, await client.ReadAsync(RawClient.AmqpHeader.Length));
        }

        clock.Advance(TimeSpan.FromSeconds(61));

        await Task.WhenAll(clients.Select(client => client.ReadToEndAsync()));
        Array.ForEach(clients, client => client.Dispose());
        await opened.SendAsync(new Close());
        Assert.NotEmpty(await opened.ReadToEndAsync());
    }

    [Fact]
    public async Task Who_takes_credit_for_everything_and_reads_nothing_gets_little_and_later_the_rest()
    {
        await using var bus = await DotNetBus.StartAsync();
        using var greedy = await RawClient.ConnectAsync(bus.Server.Port);
        await greedy.SendAsync([
            .. RawClient.AmqpHeader,
            .. RawClient.Frame(new Open { ContainerId = "raw", HostName = "x" }),
            .. RawClient.Frame(new Begin { NextOutgoingId = 0, IncomingWindow = uint.MaxValue, OutgoingWindow = 1000 }),
            .. RawClient.Frame(new Attach { LinkName = "r", Handle = 0, Role = true, SndSettleMode = SenderSettleMode.Settled, Source = new Source { Address = DotNetBus.Plain }, Target = new Target() }),
            .. RawClient.Frame(new Flow { Handle = 0, DeliveryCount = 0, LinkCredit = Messages * 2, NextIncomingId = 1, IncomingWindow = uint.MaxValue, NextOutgoingId = 0, OutgoingWindow = 1000 }),
        ]);
        await using var sender = bus.Client.CreateSender(DotNetBus.Plain);
        for (var number = 0; number < Messages; number++)
        {
            await sender.SendMessageAsync(new ServiceBusMessage(new byte[Large]));
        }

        // Each message that it was given is gone from the queue, so what is left was not given.
        var left = bus.Server.Administration.ListQueues().Single(queue => queue.Name == DotNetBus.Plain).Active;
        Assert.True(left >= Messages - MostForWhoDoesNotRead, $"Only {left} messages are left for others.");

        // Others are served meanwhile.
        await using var other = bus.Client.CreateReceiver(DotNetBus.Plain, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        Assert.NotNull(await other.ReceiveMessageAsync(DotNetBus.Limit));

        // Reading again brings all the rest.
        await greedy.ReadAsync((Messages - 1) * Large);
        Assert.Equal(0, bus.Server.Administration.ListQueues().Single(queue => queue.Name == DotNetBus.Plain).Active);
    }

    [Fact]
    public async Task Who_closes_its_window_gets_little_too()
    {
        await using var bus = await DotNetBus.StartAsync();
        using var greedy = await RawClient.ConnectAsync(bus.Server.Port);
        await greedy.SendAsync([
            .. RawClient.AmqpHeader,
            .. RawClient.Frame(new Open { ContainerId = "raw", HostName = "x" }),
            .. RawClient.Frame(new Begin { NextOutgoingId = 0, IncomingWindow = 0, OutgoingWindow = 1000 }),
            .. RawClient.Frame(new Attach { LinkName = "r", Handle = 0, Role = true, SndSettleMode = SenderSettleMode.Settled, Source = new Source { Address = DotNetBus.Plain }, Target = new Target() }),
            .. RawClient.Frame(Credit(window: 0)),
        ]);
        await using var sender = bus.Client.CreateSender(DotNetBus.Plain);
        for (var number = 0; number < Messages; number++)
        {
            await sender.SendMessageAsync(new ServiceBusMessage(new byte[Large]));
        }

        Assert.InRange(bus.Server.Administration.ListQueues().Single(queue => queue.Name == DotNetBus.Plain).Active, Messages - 20, Messages - 1);

        await greedy.SendAsync(Credit(window: uint.MaxValue));
        await greedy.ReadAsync(Messages * Large);
        Assert.Equal(0, bus.Server.Administration.ListQueues().Single(queue => queue.Name == DotNetBus.Plain).Active);
    }

    private static Flow Credit(uint window) =>
        new() { Handle = 0, DeliveryCount = 0, LinkCredit = Messages * 2, NextIncomingId = 1, IncomingWindow = window, NextOutgoingId = 0, OutgoingWindow = 1000 };

    private static Task<LocalServiceBusServer> StartAsync(TimeProvider clock) =>
        LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = [new QueueOptions { Name = DotNetBus.Plain }], TimeProvider = clock });
}
