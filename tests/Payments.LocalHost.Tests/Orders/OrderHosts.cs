using LocalServiceBus;
using LocalServiceBus.Configuration;
using Payments.LocalHost.Tests.Queues;
using TestDoubles.Networks;
using TestDoubles.Storage;

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

    private readonly HostProgram _program;
    private readonly HostProcess?[] _hosts = new HostProcess?[2];
    private readonly HttpClient?[] _clients = new HttpClient?[2];
    private readonly FaultyProxy[] _networks;
    private readonly StablePort _brokerPort = new();
    private LocalServiceBusServer _broker;
    private int _turn;

    private OrderHosts(HostProgram program, FaultyProxy[] networks, LocalServiceBusServer broker)
    {
        _program = program;
        _networks = networks;
        _broker = broker;
        _brokerPort.Target = broker.Port;
    }

    public int Calls => _networks.Sum(network => network.Calls);

    public int Failed => _networks.Sum(network => network.Failed);

    /// <summary>How many messages the broker has.</summary>
    public int Messages => _broker.Administration.ListQueues().Sum(queue => queue.Active + queue.Scheduled);

    public static async Task<OrderHosts> StartAsync(HostProgram program, string storage)
    {
        var hosts = new OrderHosts(program, [await FaultyProxy.StartAsync(storage), await FaultyProxy.StartAsync(storage)], await StartBrokerAsync());
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

    /// <summary>The one host, then the other.</summary>
    public HttpClient AnyClient() => Client((int)((uint)Interlocked.Increment(ref _turn) % 2));

    /// <summary>Makes both networks good or bad.</summary>
    public void SetWeather(StorageWeather? weather) => Array.ForEach(_networks, network => network.Faults = weather is null ? null : weather.Choose);

    /// <summary>Holds calls of either host.</summary>
    public void Hold(HeldCalls held) => Array.ForEach(_networks, network => network.Held = held);

    /// <summary>SIGKILL for the host behind a network. The other one goes on alone.</summary>
    public async Task KillAsync(FaultyProxy network)
    {
        var host = Array.IndexOf(_networks, network);
        var killed = _hosts[host]!;
        _hosts[host] = null;
        await killed.KillAsync();
        await killed.DisposeAsync();
    }

    /// <summary>Starts another host where one was killed.</summary>
    public Task StartAgainAsync(FaultyProxy network) => StartHostAsync(Array.IndexOf(_networks, network));

    /// <summary>A broker in memory that starts again has lost every message, scheduled wake-ups included.</summary>
    public async Task LoseAllMessagesAsync()
    {
        await _broker.DisposeAsync();
        _broker = await StartBrokerAsync();
        _brokerPort.Target = _broker.Port;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        Array.ForEach(_clients, client => client?.Dispose());
        await _brokerPort.DisposeAsync();
        await _broker.DisposeAsync();
        foreach (var network in _networks)
        {
            await network.DisposeAsync();
        }
    }

    private string BusConnection => _broker.ConnectionString.Replace($":{_broker.Port};", $":{_brokerPort.Number};", StringComparison.Ordinal);

    private async Task StartHostAsync(int host)
    {
        // The function app sweeps by timers.
        string[] timers = _program == HostProgram.FunctionApp ? ["--timers=00:00:02"] : [];
        _hosts[host] = await Restarts.ServeAsync(_program, _networks[host].ConnectionString, [$"--ServiceBusConnection={BusConnection}", .. Settings, .. timers]);

        // Requests to the one before are under way on its client and fail by themselves.
        _clients[host] = await _hosts[host]!.ClientAsync();
    }

    private static async Task<LocalServiceBusServer> StartBrokerAsync() =>
        await LocalServiceBusServer.StartAsync(new LocalServiceBusOptions { Queues = await DeployedQueues.ReadAsync(lockDuration: "PT5S") });
}
