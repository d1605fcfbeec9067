using System.Text;
using Amqp;
using Amqp.Framing;
using LocalServiceBus.Configuration;
using LocalServiceBus.Tests.OfficialClient;

namespace LocalServiceBus.Tests.Wire;

/// <summary>How many frames the client lets the broker send on a session.</summary>
public sealed class SessionWindowTests : IAsyncLifetime
{
    private LocalServiceBusServer _server = null!;

    public async Task InitializeAsync() => _server = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = OfficialClientScenarios.Queues });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Window_as_wide_as_it_can_be_lets_everything_through() => // the .NET client's
        Assert.Contains("Accepted", await AnswerToTokenAsync(uint.MaxValue), StringComparison.Ordinal);

    [Fact]
    public async Task Closed_window_lets_nothing_through() =>
        Assert.DoesNotContain("Accepted", await AnswerToTokenAsync(0), StringComparison.Ordinal);

    /// <summary>Says all that the broker says to a client that asks for one answer, and closes.</summary>
    private async Task<string> AnswerToTokenAsync(uint incomingWindow)
    {
        var request = new Message
        {
            Properties = new Properties { MessageId = "1", ReplyTo = "me" },
            ApplicationProperties = new ApplicationProperties { ["operation"] = "put-token" },
            BodySection = new AmqpValue { Value = "any" },
        }.Encode();
        using var client = await RawClient.ConnectAsync(_server.Port);
        await client.SendAsync([
            .. RawClient.AmqpHeader,
            .. RawClient.Frame(new Open { ContainerId = "raw", HostName = "x" }),
            .. RawClient.Frame(new Begin { NextOutgoingId = 1, IncomingWindow = incomingWindow, OutgoingWindow = 1000 }),
            .. RawClient.Frame(new Attach { LinkName = "asks", Handle = 0, Role = false, Source = new Source(), Target = new Target { Address = "$cbs" }, InitialDeliveryCount = 0 }),
            .. RawClient.Frame(new Attach { LinkName = "hears", Handle = 1, Role = true, Source = new Source { Address = "$cbs" }, Target = new Target { Address = "me" } }),
            .. RawClient.Frame(new Flow { Handle = 1, DeliveryCount = 0, LinkCredit = 50, NextIncomingId = 1, IncomingWindow = incomingWindow, NextOutgoingId = 1, OutgoingWindow = 1000 }),
            .. RawClient.Frame(new Transfer { Handle = 0, DeliveryId = 0, DeliveryTag = [1], Settled = true }, payload: request.Buffer.AsSpan(request.Offset, request.Length).ToArray()),
            .. RawClient.Frame(new Close()),
        ]);
        return Encoding.Latin1.GetString(await client.ReadToEndAsync());
    }
}
