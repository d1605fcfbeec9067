using TestDoubles.Storage;

namespace Payments.LocalHost.Tests.Queues.Storm;

/// <summary>Hosts that take from the same queues, each with a network of its own to the storage, of which now and then one is killed and started again.</summary>
internal sealed class CompetingHosts : IAsyncDisposable
{
    private readonly HostProgram _program;
    private readonly string[] _arguments;
    private readonly List<FaultyProxy> _networks = [];
    private readonly HostProcess?[] _hosts;

    private CompetingHosts(HostProgram program, int count, string bus)
    {
        (_program, _hosts) = (program, new HostProcess?[count]);
        _arguments = ArgumentsOf(program, bus);
    }

    public int Calls => _networks.Sum(network => network.Calls);

    public int Failed => _networks.Sum(network => network.Failed);

    public static async Task<CompetingHosts> StartAsync(HostProgram program, int count, string storage, string bus)
    {
        var hosts = new CompetingHosts(program, count, bus);
        try
        {
            for (var number = 0; number < count; number++)
            {
                hosts._networks.Add(await FaultyProxy.StartAsync(storage));
                await hosts.ServeAsync(number);
            }

            return hosts;
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }
    }

    public Task<HttpClient> ClientAsync() => _hosts[0]!.ClientAsync();

    /// <summary>Makes all networks good or bad.</summary>
    public void SetWeather(StorageWeather? weather) => _networks.ForEach(network => network.Faults = weather is null ? null : weather.Choose);

    /// <summary>Holds calls of any host.</summary>
    public void Hold(HeldCalls? held) => _networks.ForEach(network => network.Held = held);

    /// <summary>kill -9 for the host behind a network, and a new one in its place.</summary>
    /// <param name="network">The network.</param>
    /// <param name="whileDead">Called while the host is dead.</param>
    public async Task KillAsync(FaultyProxy network, Action whileDead)
    {
        var number = _networks.IndexOf(network);
        var killed = _hosts[number]!;
        _hosts[number] = null;
        await killed.KillAsync();
        await killed.DisposeAsync();
        whileDead();
        await ServeAsync(number);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        foreach (var network in _networks)
        {
            await network.DisposeAsync();
        }
    }

    private async Task ServeAsync(int number) => _hosts[number] = await Restarts.ServeAsync(_program, _networks[number].ConnectionString, _arguments);

    private static string[] ArgumentsOf(HostProgram program, string bus) =>
    [
        $"--ServiceBusConnection={bus}",

        // What takes minutes after a crash takes seconds here.
        "--Idempotency:Lease=00:00:03",
        "--Outbox:Window=00:00:10",
        "--Outbox:NoteGrace=00:00:10",
        "--Outbox:SweepAfter=00:00:02",
        "--Outbox:SweepInterval=00:00:02",
        "--Outbox:FirstRetryDelay=00:00:00.500",
        "--Outbox:MaxRetryDelay=00:00:02",

        // The function app sweeps by timers.
        .. program == HostProgram.FunctionApp ? ["--timers=00:00:02"] : Array.Empty<string>(),
    ];
}
