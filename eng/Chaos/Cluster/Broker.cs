using TestDoubles.Processes;

namespace Chaos.Cluster;

/// <summary>The broker with its messages on disk, started again after it died.</summary>
internal sealed class Broker(string folder, LogFile log) : IAsyncDisposable
{
    private BrokerProcess? _process;

    public int Port => _process!.Port;

    public long Memory => _process is { } process ? ProcessMemory.MegabytesOf(process.Id) : 0;

    /// <summary>Starts it on a free port.</summary>
    public async Task StartAsync()
    {
        var configuration = Path.Combine(folder, "servicebus.json");
        await File.WriteAllTextAsync(configuration, QueueConfiguration.Create());
        _process = await BrokerProcess.StartAsync(["--config", configuration, "--data", Path.Combine(folder, "broker"), "--port", "0"], log.Write);
    }

    public async Task KillAsync()
    {
        log.Write("--- killed ---");
        await _process!.KillAsync();
        await _process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            await process.DisposeAsync();
        }

        log.Dispose();
    }
}
