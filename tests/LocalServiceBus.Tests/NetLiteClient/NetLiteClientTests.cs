using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using LocalServiceBus.Configuration;
using LocalServiceBus.Tests.OfficialClient;

namespace LocalServiceBus.Tests.NetLiteClient;

/// <summary>AMQPNetLite's own client, which the local host of the payments app consumes with.</summary>
public sealed class NetLiteClientTests : IAsyncLifetime
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(10);

    private LocalServiceBusServer _server = null!;
    private NetLiteBus _bus = null!;

    public async Task InitializeAsync()
    {
        _server = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = OfficialClientScenarios.Queues });
        _bus = await NetLiteBus.ConnectAsync(_server.Port);
    }

    public async Task DisposeAsync()
    {
        await _bus.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Message_is_sent_received_and_completed()
    {
        await SendAsync("plain", "hello", "m-1");
        var receiver = _bus.Receiver("plain");

        var message = await receiver.ReceiveAsync(MaxWait);
        Assert.Equal("hello", Encoding.UTF8.GetString((byte[])message.Body));
        Assert.Equal("m-1", message.Properties.MessageId);
        Assert.Equal(1L, message.MessageAnnotations[new Symbol("x-opt-sequence-number")]);
        Assert.Equal(0u, message.Header.DeliveryCount);
        receiver.Accept(message);

        // AMQPNetLite's Accept does not wait for an answer, so ask for one behind it on the same connection.
        await receiver.CloseAsync();
        Assert.Equal(new QueueStatus("plain", 0, 0, 0, 0), StatusOf("plain"));
    }

    [Fact]
    public async Task Released_message_comes_back_uncounted_and_modified_one_counted()
    {
        await SendAsync("plain", "a", "m-1");
        var receiver = _bus.Receiver("plain");

        receiver.Release(await receiver.ReceiveAsync(MaxWait));
        var again = await receiver.ReceiveAsync(MaxWait);
        Assert.Equal(0u, again.Header.DeliveryCount);
        receiver.Modify(again, deliveryFailed: true, messageAnnotations: new Fields { [new Symbol("why")] = "busy" });

        var third = await receiver.ReceiveAsync(MaxWait);
        Assert.Equal(1u, third.Header.DeliveryCount);
        Assert.Equal("busy", third.ApplicationProperties["why"]);
    }

    [Fact]
    public async Task Rejected_message_is_dead_lettered_with_its_reason()
    {
        await SendAsync("plain", "a", "m-1");
        var receiver = _bus.Receiver("plain");
        receiver.Reject(await receiver.ReceiveAsync(MaxWait), new Error("com.microsoft:dead-letter")
        {
            Info = new Fields { [new Symbol("DeadLetterReason")] = "bad", [new Symbol("DeadLetterErrorDescription")] = "very bad" },
        });

        var letter = await _bus.Receiver("plain/$deadletterqueue").ReceiveAsync(MaxWait);
        Assert.Equal("bad", letter.ApplicationProperties["DeadLetterReason"]);
        Assert.Equal("very bad", letter.ApplicationProperties["DeadLetterErrorDescription"]);
    }

    [Fact]
    public async Task Session_is_accepted_by_name_and_kept_in_order()
    {
        foreach (var body in new[] { "1", "2", "3" })
        {
            await SendAsync("sessions", body, $"m-{body}", "a");
        }

        var (receiver, sessionId) = await _bus.AcceptSessionAsync("sessions", "a");
        Assert.Equal("a", sessionId);
        foreach (var body in new[] { "1", "2", "3" })
        {
            var message = await receiver.ReceiveAsync(MaxWait);
            Assert.Equal(body, Encoding.UTF8.GetString((byte[])message.Body));
            receiver.Accept(message);
        }
    }

    [Fact]
    public async Task Next_session_is_told_by_name_and_a_held_one_is_refused()
    {
        await SendAsync("sessions", "1", "m-1", "b");
        var (_, sessionId) = await _bus.AcceptSessionAsync("sessions", null);
        Assert.Equal("b", sessionId);

        var (refused, answer) = await _bus.AcceptSessionAsync("sessions", "b");
        Assert.Equal("refused", answer);
        await ClosedAsync(refused);
        Assert.Equal("com.microsoft:session-cannot-be-locked", refused.Error.Condition.ToString());
    }

    [Fact]
    public async Task Update_disposition_tells_a_lost_lock()
    {
        await SendAsync("plain", "a", "m-1");
        var receiver = _bus.Receiver("plain");
        var message = await receiver.ReceiveAsync(MaxWait);
        var token = new Guid(message.DeliveryTag);

        var completed = await _bus.RequestAsync("plain/$management", "com.microsoft:update-disposition", Completion(token));
        Assert.Equal(200, completed.ApplicationProperties["statusCode"]);

        var lost = await _bus.RequestAsync("plain/$management", "com.microsoft:update-disposition", Completion(token));
        Assert.Equal(410, lost.ApplicationProperties["statusCode"]);
        Assert.Equal("com.microsoft:message-lock-lost", lost.ApplicationProperties["errorCondition"].ToString());
    }

    [Fact]
    public async Task Duplicate_is_accepted_and_dropped()
    {
        await SendAsync("duplicates", "first", "same");
        await SendAsync("duplicates", "second", "same");
        Assert.Equal(1, StatusOf("duplicates").Active);
    }

    [Fact]
    public async Task Credit_that_is_asked_for_again_takes_nothing_twice()
    {
        for (var i = 0; i < 10; i++)
        {
            await SendAsync("plain", "a", $"m-{i}");
        }

        var receiver = _bus.Receiver("plain");
        receiver.SetCredit(2, autoRestore: false);
        Assert.NotNull(await receiver.ReceiveAsync(MaxWait));
        Assert.NotNull(await receiver.ReceiveAsync(MaxWait));
        await AssertNothingComesAsync(receiver);
        receiver.SetCredit(3, autoRestore: false);
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(await receiver.ReceiveAsync(MaxWait));
        }

        await AssertNothingComesAsync(receiver);
    }

    [Fact]
    public async Task Unknown_operation_is_not_implemented()
    {
        var response = await _bus.RequestAsync("plain/$management", "com.microsoft:fly", []);
        Assert.Equal(501, response.ApplicationProperties["statusCode"]);
    }

    [Fact]
    public async Task Request_with_the_wrong_types_is_an_argument_error()
    {
        var response = await _bus.RequestAsync("plain/$management", "com.microsoft:renew-lock", new Map { ["lock-tokens"] = new[] { "no guid" } });
        Assert.Equal(400, response.ApplicationProperties["statusCode"]);
        Assert.Equal("com.microsoft:argument-error", response.ApplicationProperties["errorCondition"].ToString());
    }

    // A round trip on the same connection: whatever the broker sent before its answer is here when that is.
    private async Task AssertNothingComesAsync(ReceiverLink receiver)
    {
        await _bus.RequestAsync("plain/$management", "com.microsoft:peek-message", new Map { ["from-sequence-number"] = 0L, ["message-count"] = 1 });
        Assert.Null(receiver.Receive(TimeSpan.Zero));
    }

    private static Map Completion(Guid token) => new() { ["disposition-status"] = "completed", ["lock-tokens"] = new[] { token } };

    private static async Task ClosedAsync(AmqpObject link)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        link.AddClosedCallback((_, _) => closed.TrySetResult());
        await closed.Task.WaitAsync(MaxWait);
    }

    private QueueStatus StatusOf(string queue) => _server.Administration.ListQueues().Single(status => status.Name == queue);

    private async Task SendAsync(string queue, string body, string id, string? sessionId = null)
    {
        var sender = _bus.Sender(queue);
        var properties = new Properties { MessageId = id };
        if (sessionId is not null)
        {
            properties.GroupId = sessionId;
        }

        await sender.SendAsync(new Message { Properties = properties, BodySection = new Data { Binary = Encoding.UTF8.GetBytes(body) } });
        await sender.CloseAsync();
    }
}
