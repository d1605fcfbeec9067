using Azure.Messaging.ServiceBus;
using LocalServiceBus.Configuration;

namespace LocalServiceBus.Tests.DotNetClient;

/// <summary>A broker and the official .NET client of it. No retries: a test sees the broker's first answer.</summary>
internal sealed class DotNetBus : IAsyncDisposable
{
    public const string Plain = "plain";
    public const string Sessions = "sessions";

    /// <summary>What ends a test that would hang.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private DotNetBus(LocalServiceBusServer server, ServiceBusClient client)
    {
        Server = server;
        Client = client;
    }

    public LocalServiceBusServer Server { get; }

    public ServiceBusClient Client { get; }

    /// <param name="configure">Changes the client's options.</param>
    /// <param name="time">The broker's clock; null for the system's.</param>
    /// <param name="lockDuration">How long locks last; null for a minute.</param>
    /// <param name="timeToLive">The queues' time to live; null for none.</param>
    public static async Task<DotNetBus> StartAsync(Action<ServiceBusClientOptions>? configure = null, TimeProvider? time = null, TimeSpan? lockDuration = null, TimeSpan? timeToLive = null)
    {
        var server = await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions
        {
            Queues = [.. new[] { Plain, Sessions }.Select(name => new QueueOptions
            {
                Name = name,
                RequiresSession = name == Sessions,
                LockDuration = lockDuration ?? TimeSpan.FromMinutes(1),
                MaxDeliveryCount = 1000,
                DefaultMessageTimeToLive = timeToLive ?? TimeSpan.MaxValue,
            })],
            TimeProvider = time ?? TimeProvider.System,
        });
        return new DotNetBus(server, Connect(server, configure));
    }

    public static ServiceBusClient Connect(LocalServiceBusServer server, Action<ServiceBusClientOptions>? configure = null)
    {
        var options = new ServiceBusClientOptions { RetryOptions = new ServiceBusRetryOptions { MaxRetries = 0, TryTimeout = TimeSpan.FromMinutes(5) } };
        configure?.Invoke(options);
        return new ServiceBusClient(server.ConnectionString, options);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }
}
