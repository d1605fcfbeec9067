using Azure.Messaging.ServiceBus;
using LocalServiceBus;
using LocalServiceBus.Configuration;
using TestDoubles.Processes;

namespace Samples.Tests;

public sealed class ServiceBusConsumerTests
{
    [Fact]
    public async Task Each_message_is_applied_once_however_often_it_comes()
    {
        await using var broker = await LocalServiceBusServer.StartAsync(Options);
        await using var client = new ServiceBusClient(broker.ConnectionString);
        await using var sender = client.CreateSender("parcels");
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = new List<string>();
        await using var app = LocalProcess.Start(
            "ServiceBusConsumer",
            [],
            startedWith: "info",
            new Dictionary<string, string> { ["ServiceBusConnection"] = broker.ConnectionString },
            line =>
            {
                lock (lines)
                {
                    if (line.StartsWith("m-", StringComparison.Ordinal) && Add(lines, line) == 5)
                    {
                        settled.TrySetResult();
                    }
                }
            });

        foreach (var id in (string[])["m-1", "m-1", "m-1", "m-2"])
        {
            await sender.SendMessageAsync(new ServiceBusMessage("label") { MessageId = id });
        }

        await sender.SendMessageAsync(new ServiceBusMessage("") { MessageId = "m-3" });
        await settled.Task.WaitAsync(LocalProcess.Limit);

        Assert.Equal(["m-1 Duplicate", "m-1 Duplicate", "m-1 Processed", "m-2 Processed", "m-3 Rejected"], lines.Order(StringComparer.Ordinal));
        await using var letters = client.CreateReceiver("parcels", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        Assert.Equal("EmptyParcel", (await letters.ReceiveMessageAsync(LocalProcess.Limit))?.DeadLetterReason);
    }

    [Fact]
    public async Task A_batch_is_applied_together_and_each_message_settled_by_itself()
    {
        await using var broker = await LocalServiceBusServer.StartAsync(Options);
        await using var client = new ServiceBusClient(broker.ConnectionString);
        await using var sender = client.CreateSender("entries");
        await sender.SendMessagesAsync([Entry("e-1", "12"), Entry("e-2", "30"), Entry("e-1", "12"), Entry("e-3", "much"), Entry("e-4", "5")]);
        var settled = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = LocalProcess.Start(
            "ServiceBusConsumer",
            [],
            startedWith: "info",
            new Dictionary<string, string> { ["ServiceBusConnection"] = broker.ConnectionString },
            line =>
            {
                if (line.StartsWith("batch ", StringComparison.Ordinal))
                {
                    settled.TrySetResult(line);
                }
            });

        Assert.Equal("batch e-1 Processed, e-2 Processed, e-1 Duplicate, e-3 Rejected, e-4 Processed", await settled.Task.WaitAsync(LocalProcess.Limit));
        await using var letters = client.CreateReceiver("entries", new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        Assert.Equal("NoAmount", (await letters.ReceiveMessageAsync(LocalProcess.Limit))?.DeadLetterReason);

        static ServiceBusMessage Entry(string id, string amount) => new(amount) { MessageId = id, SessionId = "ada" };
    }

    private static LocalServiceBusOptions Options => new()
    {
        Queues = [new QueueOptions { Name = "parcels", MaxDeliveryCount = 3 }, new QueueOptions { Name = "entries", MaxDeliveryCount = 3, RequiresSession = true }],
    };

    private static int Add(List<string> lines, string line)
    {
        lines.Add(line);
        return lines.Count;
    }
}
