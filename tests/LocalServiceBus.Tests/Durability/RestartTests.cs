using Amqp;
using Amqp.Framing;
using Amqp.Types;
using LocalServiceBus.Configuration;
using LocalServiceBus.Tests.NetLiteClient;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace LocalServiceBus.Tests.Durability;

/// <summary>What a data folder keeps over a restart, beside plain messages.</summary>
public sealed class RestartTests : IDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(10);
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dead_letters_and_delivery_counts_stay()
    {
        await using (var server = await StartAsync())
        {
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            await SendAsync(bus, "plain", "dead");
            await SendAsync(bus, "plain", "abandoned");
            var receiver = bus.Receiver("plain");
            receiver.Reject(await receiver.ReceiveAsync(MaxWait), new Error("com.microsoft:dead-letter") { Info = new Fields { [new Symbol("DeadLetterReason")] = "why" } });
            receiver.SetCredit(0, autoRestore: false);
            receiver.Modify(await receiver.ReceiveAsync(MaxWait), deliveryFailed: true);
            await receiver.CloseAsync();
        }

        await using (var server = await StartAsync())
        {
            var letter = Assert.Single(server.Administration.PeekDeadLetters("plain"));
            Assert.Equal("dead", letter.MessageId);
            Assert.Equal("why", letter.Reason);
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            var message = await bus.Receiver("plain").ReceiveAsync(MaxWait);
            Assert.Equal("abandoned", message.Properties.MessageId);
            Assert.Equal(1u, message.Header.DeliveryCount);
        }
    }

    [Fact]
    public async Task Duplicate_is_still_known()
    {
        await using (var server = await StartAsync())
        {
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            await SendAsync(bus, "duplicates", "same");
        }

        await using (var server = await StartAsync())
        {
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            await SendAsync(bus, "duplicates", "same");
            Assert.Equal(1, server.Administration.ListQueues().Single(queue => queue.Name == "duplicates").Active);
            _clock.Advance(TimeSpan.FromSeconds(60));
            await SendAsync(bus, "duplicates", "same");
            Assert.Equal(2, server.Administration.ListQueues().Single(queue => queue.Name == "duplicates").Active);
        }
    }

    [Fact]
    public async Task Scheduled_message_comes_due_and_session_state_is_there()
    {
        await using (var server = await StartAsync())
        {
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            var message = NewMessage("later");
            message.MessageAnnotations = new MessageAnnotations { [new Symbol("x-opt-scheduled-enqueue-time")] = _clock.GetUtcNow().UtcDateTime.AddMinutes(5) };
            await bus.Sender("plain").SendAsync(message);
            var (_, _) = await bus.AcceptSessionAsync("sessions", "s");
            var set = await bus.RequestAsync("sessions/$management", "com.microsoft:set-session-state", new Map { ["session-id"] = "s", ["session-state"] = new byte[] { 1, 2, 3 } });
            Assert.Equal(200, set.ApplicationProperties["statusCode"]);
        }

        _clock.Advance(TimeSpan.FromMinutes(4));
        await using (var server = await StartAsync())
        {
            Assert.Equal(new QueueStatus("plain", 0, 0, 1, 0), server.Administration.ListQueues().Single(queue => queue.Name == "plain"));
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            await bus.AcceptSessionAsync("sessions", "s");
            var state = await bus.RequestAsync("sessions/$management", "com.microsoft:get-session-state", new Map { ["session-id"] = "s" });
            Assert.Equal(new byte[] { 1, 2, 3 }, ((Map)state.Body)["session-state"]);
        }

        _clock.Advance(TimeSpan.FromMinutes(2));
        await using (var server = await StartAsync())
        {
            Assert.Equal(new QueueStatus("plain", 1, 0, 0, 0), server.Administration.ListQueues().Single(queue => queue.Name == "plain"));
        }
    }

    [Fact]
    public async Task The_moment_of_a_session_state_is_kept_and_data_from_before_it_is_read()
    {
        await using (var server = await StartAsync())
        {
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            await SetStateAsync(bus, "kept");
        }

        await using (var server = await StartAsync())
        {
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            Assert.Equal(["kept"], await ListSessionsAsync(bus, _clock.GetUtcNow().AddMinutes(-1)));
            Assert.Empty(await ListSessionsAsync(bus, _clock.GetUtcNow().AddMinutes(1)));
        }

        // As the broker wrote it before it knew the moment.
        using (var connection = new SqliteConnection($"Data Source={System.IO.Path.Combine(_folder.Path, "data", "local-service-bus.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE session_states DROP COLUMN set_at; PRAGMA user_version = 1;";
            command.ExecuteNonQuery();
        }

        await using (var server = await StartAsync())
        {
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            Assert.Equal(["kept"], await ListSessionsAsync(bus, DateTimeOffset.MaxValue));
            Assert.Empty(await ListSessionsAsync(bus, _clock.GetUtcNow().AddDays(-1)));
            await SetStateAsync(bus, "new");
            Assert.Equal(["new"], await ListSessionsAsync(bus, _clock.GetUtcNow().AddDays(-1)));
        }
    }

    [Fact]
    public async Task Sequence_numbers_are_never_given_twice()
    {
        await using (var server = await StartAsync())
        {
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            await SendAsync(bus, "plain", "first");
            var receiver = bus.Receiver("plain");
            receiver.Accept(await receiver.ReceiveAsync(MaxWait));
            await receiver.CloseAsync();
        }

        await using (var server = await StartAsync())
        {
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            await SendAsync(bus, "plain", "second");
            var message = await bus.Receiver("plain").ReceiveAsync(MaxWait);
            Assert.Equal(2L, message.MessageAnnotations[new Symbol("x-opt-sequence-number")]);
        }
    }

    [Fact]
    public async Task Resubmitted_dead_letter_moves_for_good()
    {
        await using (var server = await StartAsync())
        {
            await using var bus = await NetLiteBus.ConnectAsync(server.Port);
            await SendAsync(bus, "duplicates", "dead");
            var receiver = bus.Receiver("duplicates");
            receiver.Reject(await receiver.ReceiveAsync(MaxWait));
            await receiver.CloseAsync();
            var letter = Assert.Single(server.Administration.PeekDeadLetters("duplicates"));
            Assert.True(await server.Administration.ResubmitDeadLetterAsync("duplicates", letter.SequenceNumber));
            Assert.False(await server.Administration.ResubmitDeadLetterAsync("duplicates", letter.SequenceNumber));
        }

        await using (var server = await StartAsync())
        {
            Assert.Equal(new QueueStatus("duplicates", 1, 0, 0, 0), server.Administration.ListQueues().Single(queue => queue.Name == "duplicates"));
        }
    }

    [Fact]
    public async Task Second_broker_on_the_same_folder_is_refused()
    {
        await using var server = await StartAsync();
        var refusal = await Assert.ThrowsAsync<LocalServiceBusException>(StartAsync);
        Assert.Contains("in use by another broker", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task SetStateAsync(NetLiteBus bus, string session)
    {
        await bus.AcceptSessionAsync("sessions", session);
        var set = await bus.RequestAsync("sessions/$management", "com.microsoft:set-session-state", new Map { ["session-id"] = session, ["session-state"] = new byte[] { 1 } });
        Assert.Equal(200, set.ApplicationProperties["statusCode"]);
    }

    private static async Task<string[]> ListSessionsAsync(NetLiteBus bus, DateTimeOffset stateSetAfter)
    {
        var found = await bus.RequestAsync(
            "sessions/$management", "com.microsoft:get-message-sessions", new Map { ["last-updated-time"] = stateSetAfter.UtcDateTime, ["skip"] = 0, ["top"] = 100 });
        return (found.Body as Map)?["sessions-ids"] as string[] ?? [];
    }

    private static Message NewMessage(string id) => new() { Properties = new Properties { MessageId = id }, BodySection = new Data { Binary = [1] } };

    private static async Task SendAsync(NetLiteBus bus, string queue, string id) => await bus.Sender(queue).SendAsync(NewMessage(id));

    private Task<LocalServiceBusServer> StartAsync() => LocalServiceBusServer.StartAsync(new LocalServiceBusOptions
    {
        DataFolder = System.IO.Path.Combine(_folder.Path, "data"),
        TimeProvider = _clock,
        Queues = OfficialClient.OfficialClientScenarios.Queues,
    });
}
