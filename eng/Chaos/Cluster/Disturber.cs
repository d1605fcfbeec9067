using System.Collections.Concurrent;
using System.Globalization;
using Chaos.Randomness;

namespace Chaos.Cluster;

/// <summary>Kills, stops and freezes processes and cuts networks off, one after another at random. What it has broken comes back by itself while it goes on.</summary>
internal sealed class Disturber(PaymentsCluster cluster, int seed, TimeSpan pause)
{
    // The host's own limit is 10 s, and the machine may be busy.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly Random _random = SeededRandom.For(seed, "disturber", 0);
    private readonly DisturbanceChoice _choice = new(SeededRandom.For(seed, "disturbance", 0));
    private readonly Lock _lock = new();
    private readonly HashSet<object> _disturbed = [];

    public int Kills { get; private set; }

    public int Stops { get; private set; }

    /// <summary>The instances that had to be killed since they did not end when asked, and those that said that they ended badly, each as a sentence.</summary>
    public ConcurrentQueue<string> BadStops { get; } = [];

    public int Freezes { get; private set; }

    public int BrokerKills { get; private set; }

    public int Outages { get; private set; }

    public string Description => $"{Kills} instances killed, {Stops} stopped, {Freezes} frozen past their lease, broker killed {BrokerKills} times, {Outages} outages of storage or broker";

    /// <summary>Goes on until it is told to stop, and comes back when everything runs again.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var disturbances = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(pause * (0.5 + _random.NextDouble()), stop);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            disturbances.Add(DisturbAsync());
        }

        await Task.WhenAll(disturbances);
    }

    private Task DisturbAsync()
    {
        var instance = _random.Of(cluster.Instances);
        var duration = _random.Between(500, 3_000);
        var kind = _choice.Next();
        return kind switch
        {
            Disturbance.Kill => WithAsync(kind, instance, () => KillAsync(instance, duration)),
            Disturbance.Stop => WithAsync(kind, instance, () => StopAsync(instance)),
            Disturbance.Freeze => WithAsync(kind, instance, () => FreezeAsync(instance, duration)),
            Disturbance.KillBroker => WithAsync(kind, cluster.Broker, () => KillBrokerAsync(duration)),
            Disturbance.CutOffStorage => WithAsync(kind, cluster.ToStorage, () => CutOffAsync(cluster.ToStorage, duration)),
            _ => WithAsync(kind, cluster.ToBroker, () => CutOffAsync(cluster.ToBroker, duration)),
        };
    }

    /// <summary>What is broken already is left alone, and so is the last instance that works: with all of them down no one is disturbed.</summary>
    private async Task WithAsync(Disturbance kind, object victim, Func<Task> disturb)
    {
        lock (_lock)
        {
            var isLast = victim is Instance && cluster.Instances.Count > 1 && _disturbed.OfType<Instance>().Count() == cluster.Instances.Count - 1;
            if (isLast || !_disturbed.Add(victim))
            {
                _choice.PutBack(kind);
                return;
            }
        }

        await disturb();
        lock (_lock)
        {
            _disturbed.Remove(victim);
        }
    }

    private async Task KillAsync(Instance instance, TimeSpan downtime)
    {
        Kills++;
        await instance.KillAsync();
        await Task.Delay(downtime / 2);
        await instance.StartAsync(CancellationToken.None);
    }

    private async Task StopAsync(Instance instance)
    {
        Stops++;
        var exitCode = await instance.StopAsync(StopPatience);
        if (exitCode != 0)
        {
            BadStops.Enqueue(exitCode is null
                ? $"Host {instance.Number} was asked to end, and had not after {StopPatience}."
                : string.Create(CultureInfo.InvariantCulture, $"Host {instance.Number} was asked to end, and did so with {exitCode}."));
        }

        await instance.StartAsync(CancellationToken.None);
    }

    private Task FreezeAsync(Instance instance, TimeSpan beyond)
    {
        Freezes++;
        return instance.FreezeAsync(HostArguments.Lease + HostArguments.ClockSkewMargin + beyond);
    }

    private async Task KillBrokerAsync(TimeSpan downtime)
    {
        BrokerKills++;
        await cluster.Broker.KillAsync();
        await Task.Delay(downtime / 2);
        await cluster.Broker.StartAsync();
        cluster.ToBroker.Target = cluster.Broker.Port;
    }

    private Task CutOffAsync(Proxies.TcpFaultProxy proxy, TimeSpan duration)
    {
        Outages++;
        return proxy.CutOffAsync(duration);
    }
}
