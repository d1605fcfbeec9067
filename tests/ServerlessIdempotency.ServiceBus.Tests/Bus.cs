using Azure.Messaging.ServiceBus;
using LocalServiceBus;
using LocalServiceBus.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Inbox.DeadLetters;
using ServerlessIdempotency.Outbox;

namespace ServerlessIdempotency.ServiceBus.Tests;

/// <summary>A broker with one session queue and one plain one, and what the library makes of its connection string.</summary>
internal sealed class Bus : IAsyncDisposable
{
    public const string Sessions = "with-sessions";
    public const string Plain = "plain";

    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    private readonly LocalServiceBusServer _server;
    private readonly ServiceProvider _services;

    private Bus(LocalServiceBusServer server)
    {
        _server = server;
        _services = new ServiceCollection().AddLogging().AddIdempotency().AddServiceBus(ServiceBusConnection.FromConnectionString(server.ConnectionString)).Services.BuildServiceProvider();
    }

    public string ConnectionString => _server.ConnectionString;

    public IMessageSender Sender => _services.GetRequiredService<IMessageSender>();

    public IDeadLetters DeadLetters => _services.GetRequiredService<IDeadLetters>();

    public ServiceBusClient Client => _services.GetRequiredService<ServiceBusClient>();

    public static Task<Bus> StartAsync() => StartAsync(TimeProvider.System, TimeSpan.FromSeconds(60));

    /// <param name="time">The broker's clock.</param>
    /// <param name="lockDuration">How long a message or session is locked.</param>
    public static async Task<Bus> StartAsync(TimeProvider time, TimeSpan lockDuration) => new(await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions
    {
        TimeProvider = time,
        Queues =
        [
            new QueueOptions { Name = Sessions, RequiresSession = true, RequiresDuplicateDetection = true, LockDuration = lockDuration },
            new QueueOptions { Name = Plain, MaxDeliveryCount = 3, LockDuration = lockDuration },
        ],
    }));

    public async Task<ServiceBusReceivedMessage> ReceiveAsync(string session)
    {
        await using var receiver = await Client.AcceptSessionAsync(Sessions, session);
        var message = await receiver.ReceiveMessageAsync(MaxWait) ?? throw new InvalidOperationException($"No message came in session {session}.");
        await receiver.CompleteMessageAsync(message);
        return message;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    public ValueTask StopBrokerAsync() => _server.DisposeAsync();
}
