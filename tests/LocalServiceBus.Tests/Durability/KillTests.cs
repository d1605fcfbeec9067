using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using LocalServiceBus.Tests.NetLiteClient;

namespace LocalServiceBus.Tests.Durability;

/// <summary>kill -9 of the standalone broker with a data folder.</summary>
public sealed class KillTests
{
    private const string Configuration = """
        { "UserConfig": { "Namespaces": [ { "Name": "local", "Queues": [ { "Name": "orders", "Properties": { "LockDuration": "PT5M" } } ] } ] } }
        """;

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Nothing_accepted_is_lost_and_nothing_completed_comes_back()
    {
        using var folder = new TemporaryFolder();
        string[] args = ["--port", "0", "--config", folder.File("queues.json", Configuration), "--data", Path.Combine(folder.Path, "data")];
        var accepted = new ConcurrentBag<string>();
        var completed = new List<string>();
        var sent = 0;

        // Killed while messages come in: some are accepted, some under way.
        await using (var broker = await BrokerProcess.StartAsync(args))
        {
            var bus = await NetLiteBus.ConnectAsync(broker.Port);
            var sender = bus.Sender("orders");
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            for (var i = 0; i < 500; i++)
            {
                SendNext(sender);
            }

            await enough.Task.WaitAsync(MaxWait);
            await broker.KillAsync();

            // Each answer is followed by another message, so 500 are always under way, whenever the kill comes.
            void SendNext(SenderLink sender)
            {
                var id = $"m-{Interlocked.Increment(ref sent)}";
                sender.Send(
                    new Message { Properties = new Properties { MessageId = id }, BodySection = new Data { Binary = new byte[200] } },
                    (_, _, outcome, _) =>
                    {
                        if (outcome is Accepted)
                        {
                            accepted.Add(id);
                            if (accepted.Count >= 1000)
                            {
                                enough.TrySetResult();
                            }

                            SendNext(sender);
                        }
                    },
                    state: null);
            }
        }

        Assert.InRange(accepted.Count, 1000, sent - 1);

        // Killed again while they are completed; what was answered stays completed.
        await using (var broker = await BrokerProcess.StartAsync(args))
        {
            var bus = await NetLiteBus.ConnectAsync(broker.Port);
            var receiver = bus.Receiver("orders");
            for (var i = 0; i < 100; i++)
            {
                var message = await receiver.ReceiveAsync(MaxWait);
                var done = await bus.RequestAsync("orders/$management", "com.microsoft:update-disposition", new Amqp.Types.Map
                {
                    ["disposition-status"] = "completed",
                    ["lock-tokens"] = new[] { new Guid(message.DeliveryTag) },
                });
                Assert.Equal(200, done.ApplicationProperties["statusCode"]);
                completed.Add(message.Properties.MessageId);
            }

            await broker.KillAsync();
        }

        await using (var broker = await BrokerProcess.StartAsync(args))
        {
            var bus = await NetLiteBus.ConnectAsync(broker.Port);
            var receiver = bus.Receiver("orders");
            var expected = accepted.Except(completed).ToHashSet();
            var found = new List<string>();
            while (expected.Count > 0)
            {
                var message = await receiver.ReceiveAsync(MaxWait);
                Assert.NotNull(message);
                receiver.Accept(message);
                found.Add(message.Properties.MessageId);
                expected.Remove(message.Properties.MessageId);
            }

            Assert.Empty(found.Intersect(completed));
            Assert.Equal(found.Count, found.Distinct().Count());
        }
    }
}
