using System.Text;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using ServerlessIdempotency.Outbox;

namespace ServerlessIdempotency.ServiceBus.Tests;

public sealed class ServiceBusMessageSenderTests : IAsyncLifetime
{
    private Bus _bus = null!;

    public async Task InitializeAsync() => _bus = await Bus.StartAsync();

    public async Task DisposeAsync() => await _bus.DisposeAsync();

    [Fact]
    public async Task A_message_arrives_with_all_that_was_committed_of_it()
    {
        var sent = Message("m-1", "session-1") with { Subject = "payment.captured", CorrelationId = "c-1", Properties = new Dictionary<string, string> { ["tenant"] = "ada" } };

        Assert.IsType<SendOutcome.Sent>(await _bus.Sender.SendAsync(sent, default));

        var inbound = (await _bus.ReceiveAsync("session-1")).ToInboundMessage();
        Assert.Equal(("m-1", "session-1", "payment.captured", "c-1", "application/json"), (inbound.MessageId, inbound.SessionId, inbound.Subject, inbound.CorrelationId, inbound.ContentType));
        Assert.Equal("{}", Encoding.UTF8.GetString(inbound.Body.Span));
        Assert.Equal("ada", inbound.Properties["tenant"]);
        Assert.Equal(1, inbound.DeliveryCount);
    }

    [Fact]
    public async Task A_message_sent_twice_under_one_id_arrives_once()
    {
        await _bus.Sender.SendAsync(Message("m-1", "session-1"), default);
        await _bus.Sender.SendAsync(Message("m-1", "session-1"), default);
        await _bus.Sender.SendAsync(Message("m-2", "session-1"), default);

        Assert.Equal("m-1", (await _bus.ReceiveAsync("session-1")).MessageId);
        Assert.Equal("m-2", (await _bus.ReceiveAsync("session-1")).MessageId);
    }

    [Fact]
    public async Task A_message_for_later_is_scheduled()
    {
        var moment = DateTimeOffset.UtcNow.AddHours(1);

        await _bus.Sender.SendAsync(Message("m-1", "session-1") with { NotBefore = moment }, default);

        await using var receiver = _bus.Client.CreateReceiver(Bus.Sessions);
        var peeked = await receiver.PeekMessageAsync();
        Assert.Equal(ServiceBusMessageState.Scheduled, peeked.State);
        Assert.True((peeked.ScheduledEnqueueTime - moment).Duration() < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_message_without_the_session_that_its_queue_needs_and_one_to_no_queue_are_refused()
    {
        Assert.IsType<SendOutcome.Refused>(await _bus.Sender.SendAsync(Message("m-1", session: null), default));
        Assert.IsType<SendOutcome.Refused>(await _bus.Sender.SendAsync(Message("m-1", "s") with { Queue = "no-such-queue" }, default));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused()
    {
        Assert.IsType<SendOutcome.Refused>(await _bus.Sender.SendAsync(Message("m-1", "s") with { Body = new byte[300 * 1024] }, default));
    }

    [Fact]
    public async Task A_broker_that_is_away_makes_the_message_wait()
    {
        await _bus.Sender.SendAsync(Message("m-1", "session-1"), default);
        await _bus.StopBrokerAsync();

        Assert.IsType<SendOutcome.Unavailable>(await _bus.Sender.SendAsync(Message("m-2", "session-1"), default));
    }

    [Fact]
    public async Task Text_that_another_client_sent_as_an_AMQP_value_is_read()
    {
        await using var sender = _bus.Client.CreateSender(Bus.Sessions);
        await sender.SendMessageAsync(new ServiceBusMessage(new AmqpAnnotatedMessage(AmqpMessageBody.FromValue("text"))) { SessionId = "session-1" });

        Assert.Equal("text", Encoding.UTF8.GetString((await _bus.ReceiveAsync("session-1")).ToInboundMessage().Body.Span));
    }

    private static OutboundMessage Message(string id, string? session) => new(Bus.Sessions, id, Encoding.UTF8.GetBytes("{}")) { SessionId = session, ContentType = "application/json" };
}
