using TestDoubles.Storage;

namespace Payments.LocalHost.Tests.Queues.Storm;

/// <summary>Hosts that take from the same queues, each with a network of its own to the storage, of which now and then one is killed and started again.</summary>
internal sealed class CompetingHosts : IAsyncDisposable
{
    private readonly HostProgram _program;
    private readonly string[] _arguments;
    private readonly List<FaultyProxy> _networks = [];
    private readonly Task<HostProcess>?[] _hosts;

    private CompetingHosts(HostProgram program, int count, string bus)
    {
        (_program, _hosts) = (program, new Task<HostProcess>?[count]);
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
                hosts.Start(number);
                await hosts._hosts[number]!;
            }

            return hosts;
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }
    }

    public async Task<HttpClient> ClientAsync() => await (await _hosts[0]!).ClientAsync();

    /// <summary>Ends when all hosts serve, those that were started again too.</summary>
    public Task ServedAsync() => Task.WhenAll(_hosts.OfType<Task<HostProcess>>());

    /// <summary>Makes all networks good or bad.</summary>
    public void SetWeather(StorageWeather? weather) => _networks.ForEach(network => network.Faults = weather is null ? null : weather.Choose);

    /// <summary>Holds calls of any host.</summary>
    public void Hold(HeldCalls? held) => _networks.ForEach(network => network.Held = held);

    /// <summary>kill -9 for the host behind a network, and a new one in its place, whose start is not waited for.</summary>
    /// <param name="network">The network.</param>
    /// <param name="whileDead">Called while the host is dead.</param>
    public async Task KillAsync(FaultyProxy network, Action whileDead)
    {
        var number = _networks.IndexOf(network);
        var killed = await _hosts[number]!;
        _hosts[number] = null;
        await killed.KillAsync();
        await killed.DisposeAsync();
        whileDead();
        Start(number);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.OfType<Task<HostProcess>>())
        {
            // One that did not start has ended, and whoever waited for it was told.
            await host.ContinueWith(_ => { }, TaskScheduler.Default);
            if (host.IsCompletedSuccessfully)
            {
                await (await host).DisposeAsync();
            }
        }

        foreach (var network in _networks)
        {
            await network.DisposeAsync();
        }
    }

    private void Start(int number) => _hosts[number] = Restarts.ServeAsync(_program, _networks[number].ConnectionString, _arguments);

    private static string[] ArgumentsOf(HostProgram program, string bus) =>
    [
        $"--ServiceBusConnection={bus}",

        // The storage fails as the test says, not as busy as the machine is: a call that is held is given up by nobody.
        "--TableStorage:NetworkTimeout=00:01:00",
        "--TableStorage:CallTimeout=00:05:00",

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
