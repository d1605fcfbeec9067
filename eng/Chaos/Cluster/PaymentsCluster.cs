using System.Globalization;
using Chaos.CommandLine;
using Chaos.Proxies;
using LocalAzurite;

namespace Chaos.Cluster;

/// <summary>All processes and the proxies between them.</summary>
internal sealed class PaymentsCluster : IAsyncDisposable
{
    // Pieces of bytes are many: a payment takes some twenty each way.
    private static readonly TcpFaults StorageFaults = new(Cut: 0.002, LoseReply: 0.003, Delay: 0.01, LongestDelay: 400);
    private static readonly TcpFaults BrokerFaults = new(Cut: 0.001, LoseReply: 0.001, Delay: 0.01, LongestDelay: 400);

    private readonly AzuriteServer _azurite;

    private PaymentsCluster(AzuriteServer azurite, Broker broker, TcpFaultProxy toStorage, TcpFaultProxy toBroker, IReadOnlyList<Instance> instances, HttpFaultProxy http)
    {
        _azurite = azurite;
        Broker = broker;
        ToStorage = toStorage;
        ToBroker = toBroker;
        Instances = instances;
        Http = http;
    }

    public Broker Broker { get; }

    public IReadOnlyList<Instance> Instances { get; }

    /// <summary>Between the clients and the instances.</summary>
    public HttpFaultProxy Http { get; }

    /// <summary>Between the instances and Azurite.</summary>
    public TcpFaultProxy ToStorage { get; }

    /// <summary>Between the instances and the broker, and between the clients and the broker.</summary>
    public TcpFaultProxy ToBroker { get; }

    /// <summary>The storage itself, past the proxy.</summary>
    public string StorageConnection => _azurite.ConnectionString;

    public string Memory => string.Create(
        CultureInfo.InvariantCulture, $"hosts {string.Join('/', Instances.Select(instance => instance.Memory))} MB, broker {Broker.Memory} MB, storage {ProcessMemory.MegabytesOf(_azurite.ProcessId)} MB");

    public static async Task<PaymentsCluster> StartAsync(Arguments arguments, string folder, CancellationToken cancellationToken)
    {
        var azurite = await AzuriteServer.StartAsync(new AzuriteOptions(), cancellationToken);
        var toStorage = new TcpFaultProxy("storage", arguments.Seed, StorageFaults, azurite.Port);
        var broker = new Broker(folder, new LogFile(Path.Combine(folder, "broker.log")));
        await broker.StartAsync();
        var toBroker = new TcpFaultProxy("broker", arguments.Seed, BrokerFaults, broker.Port);
        var storage = azurite.ConnectionString.Replace(
            string.Create(CultureInfo.InvariantCulture, $":{azurite.Port}/"), string.Create(CultureInfo.InvariantCulture, $":{toStorage.Port}/"), StringComparison.Ordinal);
        Instance[] instances =
        [
            .. Enumerable.Range(1, arguments.Instances).Select(number =>
                new Instance(number, arguments.Host, HostArguments.Create(arguments.Host, storage, toBroker.Port), new LogFile(Path.Combine(folder, $"host-{number}.log")))),
        ];
        var http = await HttpFaultProxy.StartAsync(arguments.Seed, () => [.. instances.Select(instance => instance.Address).OfType<Uri>()]);
        var cluster = new PaymentsCluster(azurite, broker, toStorage, toBroker, instances, http);
        try
        {
            await Task.WhenAll(instances.Select(instance => instance.StartAsync(cancellationToken)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public void MakeFaults(bool isOn) => Http.MakesFaults = ToStorage.MakesFaults = ToBroker.MakesFaults = isOn;

    public async ValueTask DisposeAsync()
    {
        await Http.DisposeAsync();
        foreach (var instance in Instances)
        {
            await instance.DisposeAsync();
        }

        await Broker.DisposeAsync();
        await ToBroker.DisposeAsync();
        await ToStorage.DisposeAsync();
        await _azurite.DisposeAsync();
    }
}
