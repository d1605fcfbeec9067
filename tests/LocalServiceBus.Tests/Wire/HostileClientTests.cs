using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using LocalServiceBus.Configuration;
using LocalServiceBus.Tests.NetLiteClient;
using LocalServiceBus.Tests.OfficialClient;
using Microsoft.Extensions.Time.Testing;

namespace LocalServiceBus.Tests.Wire;

/// <summary>Whatever one client sends, the worst that happens is the end of its own connection.</summary>
public sealed class HostileClientTests : IAsyncLifetime
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(10);
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private LocalServiceBusServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = OfficialClientScenarios.Queues, TimeProvider = _clock });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public static TheoryData<string, byte[]> BadBytes()
    {
        var nested = new byte[60_000];
        for (var i = 0; i + 2 < nested.Length; i += 3)
        {
            (nested[i], nested[i + 1], nested[i + 2]) = (0xc0, 0xff, 1);
        }

        return new TheoryData<string, byte[]>
        {
            { "an HTTP request", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") },
            { "another AMQP version", [.. "AMQP"u8, 0, 0, 9, 1] },
            { "a frame before the header", RawClient.Frame(new Open { ContainerId = "x" }) },
            { "the header twice", [.. RawClient.AmqpHeader, .. RawClient.AmqpHeader] },
            { "a frame of 4 GB", [.. RawClient.AmqpHeader, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0] },
            { "a frame smaller than its header", [.. RawClient.AmqpHeader, 0, 0, 0, 4, 2, 0, 0, 0] },
            { "a data offset beyond the frame", [.. RawClient.AmqpHeader, 0, 0, 0, 12, 9, 0, 0, 0, 0, 0, 0, 0] },
            { "lists nested 20,000 deep", [.. RawClient.AmqpHeader, .. RawClient.FrameOf([0x00, 0x53, 0x10, .. nested])] },
            { "described values nested 20,000 deep", [.. RawClient.AmqpHeader, .. RawClient.FrameOf(new byte[60_000])] },
            { "a list of 2 billion", [.. RawClient.AmqpHeader, .. RawClient.FrameOf([0x00, 0x53, 0x10, 0xd0, 0, 0, 0, 8, 0x7f, 0xff, 0xff, 0xff, 0x40, 0x40, 0x40, 0x40])] },
            { "an array of 2 billion", [.. RawClient.AmqpHeader, .. RawClient.FrameOf([0x00, 0x53, 0x10, 0xf0, 0, 0, 0, 5, 0x7f, 0xff, 0xff, 0xff, 0x56])] },
            { "a performative of the wrong type", [.. RawClient.AmqpHeader, .. RawClient.FrameOf([0x00, 0x53, 0x10, 0xa1, 1, 65])] },
            { "a field of the wrong type", [.. RawClient.AmqpHeader, .. RawClient.FrameOf([0x00, 0x53, 0x10, 0xc0, 3, 1, 0x52, 7])] },
            { "more fields than there are", [.. RawClient.AmqpHeader, .. RawClient.FrameOf([0x00, 0x53, 0x18, 0xc0, 3, 2, 0x40, 0x41])] },
            { "a performative that is none", [.. RawClient.AmqpHeader, .. RawClient.FrameOf([0x00, 0x53, 0x99, 0x45])] },
            { "a session before open", [.. RawClient.AmqpHeader, .. RawClient.Frame(new Begin { IncomingWindow = 1, OutgoingWindow = 1 })] },
            { "a link without a session", [.. Opened(), .. RawClient.Frame(new Attach { LinkName = "x", Handle = 0 }, channel: 5)] },
            { "a transfer without a link", [.. Opened(), .. Begun(), .. RawClient.Frame(new Transfer { Handle = 3, DeliveryId = 0 })] },
            { "the same handle twice", [.. Opened(), .. Begun(), .. Sender("a"), .. Sender("b")] },
            { "a session on a channel beyond the maximum", [.. Opened(), .. RawClient.Frame(new Begin { IncomingWindow = 1, OutgoingWindow = 1 }, channel: 60_000)] },
        };
    }

    [Theory]
    [MemberData(nameof(BadBytes))]
    public async Task Bad_bytes_end_their_own_connection_only(string what, byte[] bytes)
    {
        await using var other = await NetLiteBus.ConnectAsync(_server.Port);
        using (var client = await RawClient.ConnectAsync(_server.Port))
        {
            await client.SendAsync(bytes);
            await client.ReadToEndAsync();
        }

        Assert.NotEmpty(what);
        await StillServesAsync(other);
    }

    [Fact]
    public async Task Random_bytes_behind_a_good_start_never_bring_the_broker_down()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        byte[] good = [.. Opened(), .. Begun(), .. Sender("x"), .. RawClient.Frame(new Transfer { Handle = 0, DeliveryId = 0, DeliveryTag = [1] }, payload: [0, 0x53, 0x75, 0xa0, 1, 7])];
        for (var i = 0; i < 300; i++)
        {
            var bytes = good.ToArray();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
            }

            using var client = await RawClient.ConnectAsync(_server.Port);
            await client.SendAsync(bytes);
            client.Abort();
        }

        await using var other = await NetLiteBus.ConnectAsync(_server.Port);
        try
        {
            await StillServesAsync(other);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"Seed {seed}", exception);
        }
    }

    [Fact]
    public async Task Message_that_is_none_is_rejected_and_the_link_goes_on()
    {
        await using var bus = await NetLiteBus.ConnectAsync(_server.Port);
        using var client = await RawClient.ConnectAsync(_server.Port);
        await client.SendAsync([
            .. Opened(),
            .. Begun(),
            .. Sender("x"),
            .. RawClient.Frame(new Transfer { Handle = 0, DeliveryId = 0, DeliveryTag = [1] }, payload: [1, 2, 3]),
            .. RawClient.Frame(new Transfer { Handle = 0, DeliveryId = 1, DeliveryTag = [2] }, payload: [0, 0x53, 0x75, 0xa0, 1, 7]),
            .. RawClient.Frame(new Close()),
        ]);
        var said = Encoding.Latin1.GetString(await client.ReadToEndAsync());
        Assert.Contains("amqp:decode-error", said, StringComparison.Ordinal);
        var message = await bus.Receiver("plain").ReceiveAsync(MaxWait);
        Assert.Equal(new byte[] { 7 }, (byte[])message.Body);
    }

    [Fact]
    public async Task Lock_of_a_client_that_vanished_lapses_and_its_session_is_free_at_once()
    {
        await using var bus = await NetLiteBus.ConnectAsync(_server.Port);
        await SendAsync(bus, "plain", "m-1");
        await SendAsync(bus, "sessions", "m-2", "s");
        using (var vanishing = await RawClient.ConnectAsync(_server.Port))
        {
            var source = new Source { Address = "sessions", FilterSet = new Map { [new Symbol("com.microsoft:session-filter")] = "s" } };
            await vanishing.SendAsync([.. Opened(), .. Begun(), .. Receiver(0, new Source { Address = "plain" }), .. Receiver(1, source)]);
            await TakenAsync("plain");
            vanishing.Abort();
        }

        // Its session is free as soon as the broker sees it gone.
        var (session, sessionId) = await AcceptWhenFreeAsync(bus);
        Assert.Equal("s", sessionId);
        Assert.Equal("m-2", (await session.ReceiveAsync(MaxWait)).Properties.MessageId);

        // Its lock stays until it lapses, as in the service.
        Assert.True(await IsLockedAsync(bus, "plain"));
        var receiver = bus.Receiver("plain");
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("m-1", (await receiver.ReceiveAsync(MaxWait)).Properties.MessageId);
    }

    private static byte[] Opened() => [.. RawClient.AmqpHeader, .. RawClient.Frame(new Open { ContainerId = "raw", HostName = "x" })];

    private static byte[] Begun() => RawClient.Frame(new Begin { NextOutgoingId = 0, IncomingWindow = 1000, OutgoingWindow = 1000 });

    private static byte[] Sender(string name) => RawClient.Frame(new Attach
    {
        LinkName = name,
        Handle = 0,
        Role = false,
        Source = new Source(),
        Target = new Target { Address = "plain" },
        InitialDeliveryCount = 0,
    });

    private static byte[] Receiver(uint handle, Source source) =>
    [
        .. RawClient.Frame(new Attach { LinkName = $"r-{handle}", Handle = handle, Role = true, Source = source, Target = new Target() }),
        .. RawClient.Frame(new Flow { Handle = handle, DeliveryCount = 0, LinkCredit = 1, NextIncomingId = 1, IncomingWindow = 1000, NextOutgoingId = 0, OutgoingWindow = 1000 }),
    ];

    private static async Task SendAsync(NetLiteBus bus, string queue, string id, string? sessionId = null)
    {
        var properties = new Properties { MessageId = id };
        if (sessionId is not null)
        {
            properties.GroupId = sessionId;
        }

        await bus.Sender(queue).SendAsync(new Message { Properties = properties, BodySection = new Data { Binary = [1] } });
    }

    /// <summary>The message is locked once peeking shows until when.</summary>
    private async Task TakenAsync(string queue)
    {
        await using var bus = await NetLiteBus.ConnectAsync(_server.Port);
        using var limit = new CancellationTokenSource(MaxWait);
        while (!await IsLockedAsync(bus, queue))
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<bool> IsLockedAsync(NetLiteBus bus, string queue)
    {
        var peeked = await bus.RequestAsync($"{queue}/$management", "com.microsoft:peek-message", new Map { ["from-sequence-number"] = 0L, ["message-count"] = 1 });
        var bytes = (byte[])((Map)((List)((Map)peeked.Body)["messages"])[0]!)["message"];
        return Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length)).MessageAnnotations.Map.ContainsKey(new Symbol("x-opt-locked-until"));
    }

    private static async Task<(ReceiverLink Receiver, string SessionId)> AcceptWhenFreeAsync(NetLiteBus bus)
    {
        using var limit = new CancellationTokenSource(MaxWait);
        while (true)
        {
            var (receiver, sessionId) = await bus.AcceptSessionAsync("sessions", "s");
            if (sessionId != "refused")
            {
                return (receiver, sessionId);
            }

            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task StillServesAsync(NetLiteBus bus)
    {
        await SendAsync(bus, "duplicates", Guid.NewGuid().ToString());
        var receiver = bus.Receiver("duplicates");
        var message = await receiver.ReceiveAsync(MaxWait);
        Assert.NotNull(message);
        receiver.Accept(message);
    }
}
