using System.Reflection;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using FunctionsHost;
using LocalAzurite;
using LocalServiceBus;
using LocalServiceBus.Configuration;

namespace Payments.Functions.Host.Tests.Sample;

/// <summary>The app of <c>[Idempotent]</c> functions that docs/functions.md quotes, over a storage and a broker of its own.</summary>
public sealed class SampleApp : IAsyncLifetime, IAsyncDisposable
{
    private AzuriteServer? _azurite;
    private LocalServiceBusServer? _broker;
    private ServiceBusClient? _bus;

    internal FunctionHost Host { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _azurite = await AzuriteServer.StartAsync(new AzuriteOptions(), CancellationToken.None);
        _broker = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = [new QueueOptions { Name = "orders" }, new QueueOptions { Name = "returns" }, new QueueOptions { Name = "entries", RequiresSession = true, MaxDeliveryCount = 3 }, new QueueOptions { Name = "readings" }] });
        _bus = new ServiceBusClient(_broker.ConnectionString);
        Host = await FunctionHost.StartAsync(new FunctionHostOptions
        {
            Worker = typeof(SampleApp).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "Sample").Value!,
            Settings = new Dictionary<string, string> { ["OrdersStorage"] = _azurite.ConnectionString, ["ServiceBusConnection"] = _broker.ConnectionString },
        });
        Client = Host.Client();
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await (Host?.DisposeAsync() ?? ValueTask.CompletedTask);
        Client?.Dispose();
        await (_bus?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_broker?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>The rows of a partition, by the starts of their keys.</summary>
    internal async Task<IReadOnlyList<string>> RowsAsync(string table, string partition, string prefix)
    {
        var keys = new List<string>();
        await foreach (var row in new TableClient(_azurite!.ConnectionString, table).QueryAsync<TableEntity>(row => row.PartitionKey == partition))
        {
            keys.Add(row.RowKey);
        }

        return [.. keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..])];
    }

    /// <summary>Sends messages together.</summary>
    internal async Task SendAsync(string queue, string? session, params string[] bodies)
    {
        await using var sender = _bus!.CreateSender(queue);
        await sender.SendMessagesAsync(bodies.Select(body =>
        {
            var message = new ServiceBusMessage(body) { MessageId = body };
            if (session is not null)
            {
                message.SessionId = session;
            }

            return message;
        }));
    }

    internal async Task SendAsync(string queue, string body, string messageId)
    {
        await using var sender = _bus!.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage(body) { MessageId = messageId });
    }

    /// <summary>What the functions did, in its order, as far as it names something.</summary>
    internal async Task<string[]> DeedsAsync(string name) =>
        [.. JsonSerializer.Deserialize<string[]>(await Client.GetStringAsync("/api/deeds"))!.Where(deed => deed.Contains(name, StringComparison.Ordinal))];

    internal async Task<ServiceBusReceivedMessage?> DeadLetterAsync(string queue)
    {
        await using var receiver = _bus!.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        return await receiver.PeekMessageAsync(0);
    }

    internal async Task<ServiceBusReceivedMessage?> DeadLetterAsync(string queue, string messageId)
    {
        await using var receiver = _bus!.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        return (await receiver.PeekMessagesAsync(100, 0)).FirstOrDefault(letter => letter.MessageId == messageId);
    }

    internal async Task<bool> IsEmptyAsync(string queue)
    {
        await using var receiver = _bus!.CreateReceiver(queue);
        return await receiver.PeekMessageAsync(0) is null;
    }

    /// <summary>Waits until a message was settled as often as that.</summary>
    internal async Task<IReadOnlyList<string>> SettledAsync(string messageId, int times)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var settled = Host.Settled.Where(message => message.MessageId == messageId).Select(message => message.Settlement).ToList();
            if (settled.Count >= times)
            {
                return settled;
            }

            Assert.Empty(Host.Unsettled);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < RunningApp.Limit, $"{messageId} was settled {settled.Count} times. {Host.Output} {string.Join('\n', Host.Errors)}");
            await Task.Delay(50);
        }
    }
}
