using LocalServiceBus;
using LocalServiceBus.Configuration;
using Payments.LocalHost.Tests.Queues;
using TableStorageFaults;

namespace Payments.LocalHost.Tests.Orders;

/// <summary>Two hosts on one storage and one broker that both outlive them, with a faulty network in front of the storage. Times are short, so that a crash is over soon.</summary>
internal sealed class OrderHosts : IAsyncDisposable
{
    private static readonly string[] Settings =
    [
        "--Idempotency:Lease=00:00:05",
        "--Idempotency:ClockSkewMargin=00:00:00",
        "--Orders:StepTimeout=00:00:05",
        "--Sagas:LeaseMargin=00:00:02",
        "--Sagas:ClockSkewMargin=00:00:00",
        "--Sagas:WakeAgainAfter=00:00:05",
        "--Sagas:SweepInterval=00:00:02",
        "--Outbox:SweepAfter=00:00:02",
        "--Outbox:SweepInterval=00:00:02",
        "--Outbox:FirstRetryDelay=00:00:01",
    ];

    private const int MaxStarts = 5;

    private readonly HostProcess?[] _hosts = new HostProcess?[2];
    private readonly HttpClient?[] _clients = new HttpClient?[2];
    private LocalServiceBusServer _broker;

    private OrderHosts(FaultyProxy storage, LocalServiceBusServer broker)
    {
        Storage = storage;
        _broker = broker;
    }

    public FaultyProxy Storage { get; }

    public static async Task<OrderHosts> StartAsync(string storage)
    {
        var hosts = new OrderHosts(await FaultyProxy.StartAsync(storage), await StartBrokerAsync(port: 0));
        try
        {
            await Task.WhenAll(hosts.StartHostAsync(0), hosts.StartHostAsync(1));
            return hosts;
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }
    }

    public HttpClient Client(int host) => _clients[host]!;

    /// <summary>SIGKILL, and another one in its place.</summary>
    public async Task KillAndStartAgainAsync(int host)
    {
        var killed = _hosts[host]!;
        _hosts[host] = null;
        await killed.KillAsync();
        await killed.DisposeAsync();
        await StartHostAsync(host);
    }

    /// <summary>A broker in memory that starts again has lost every message, scheduled wake-ups included.</summary>
    public async Task LoseAllMessagesAsync()
    {
        var port = _broker.Port;
        await _broker.DisposeAsync();
        _broker = await StartBrokerAsync(port);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        Array.ForEach(_clients, client => client?.Dispose());
        await _broker.DisposeAsync();
        await Storage.DisposeAsync();
    }

    private async Task StartHostAsync(int host)
    {
        for (var attempt = 1; _hosts[host] is null; attempt++)
        {
            try
            {
                _hosts[host] = await HostProcess.ServeAsync(Storage.ConnectionString, [$"--ServiceBusConnection={_broker.ConnectionString}", .. Settings]);
            }
            catch (InvalidOperationException) when (attempt < MaxStarts)
            {
                // It may end at its start for the faults of the network; whoever runs it starts it again.
            }
        }

        // Requests to the one before are under way on its client and fail by themselves.
        _clients[host] = await _hosts[host]!.ClientAsync();
    }

    private static async Task<LocalServiceBusServer> StartBrokerAsync(int port) =>
        await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Port = port, Queues = await DeployedQueues.ReadAsync(lockDuration: "PT5S") });
}
