namespace Payments.LocalHost.Tests.Queues.Storm;

/// <summary>Hosts that take from the same queues, of which now and then one is killed and started again.</summary>
internal sealed class CompetingHosts : IAsyncDisposable
{
    private const int Count = 4;

    private readonly string _storage;
    private readonly string[] _arguments;
    private readonly HostProcess?[] _hosts = new HostProcess?[Count];

    private CompetingHosts(string storage, string bus)
    {
        _storage = storage;
        _arguments =
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
        ];
    }

    public static async Task<CompetingHosts> StartAsync(string storage, string bus)
    {
        var hosts = new CompetingHosts(storage, bus);
        for (var number = 0; number < Count; number++)
        {
            await hosts.ServeAsync(number);
        }

        return hosts;
    }

    public Task<HttpClient> ClientAsync() => _hosts[0]!.ClientAsync();

    /// <summary>kill -9, and a new one in its place.</summary>
    public async Task KillOneAsync(Random random)
    {
        var number = random.Next(Count);
        await _hosts[number]!.KillAsync();
        await _hosts[number]!.DisposeAsync();
        await ServeAsync(number);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            if (host is not null)
            {
                await host.DisposeAsync();
            }
        }
    }

    private async Task ServeAsync(int number) => _hosts[number] = await HostProcess.ServeAsync(_storage, _arguments);
}
