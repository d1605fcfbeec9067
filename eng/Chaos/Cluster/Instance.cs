using TestDoubles.Processes;

namespace Chaos.Cluster;

/// <summary>One host, started again after it died.</summary>
internal sealed class Instance(int number, HostProgram program, IReadOnlyList<string> arguments, LogFile log) : IAsyncDisposable
{
    // Storage may be cut off while it starts, and then it gives up: who runs it starts it again, as a platform does.
    private const int MaxStarts = 50;

    private HostProcess? _process;

    public int Number => number;

    /// <summary>Where it is served, or was before it died; null before its first start.</summary>
    public Uri? Address { get; private set; }

    public bool IsUp { get; private set; }

    /// <summary>The process that runs, or starts; null where there is none.</summary>
    public int? ProcessId => _process?.Id;

    public int FailedStarts { get; private set; }

    public long Memory => _process is { } process && IsUp ? ProcessMemory.MegabytesOf(process.Id) : 0;

    /// <exception cref="InvalidOperationException">It did not start, however often it was tried.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var start = 1; ; start++)
        {
            var process = HostProcess.Start(["--urls", "http://127.0.0.1:0", .. arguments], onLine: log.Write, program: program);
            _process = process;
            try
            {
                Address = await process.ServedAsync().WaitAsync(TimeSpan.FromSeconds(120), cancellationToken);
                IsUp = true;
                return;
            }
            catch (Exception exception) when (exception is InvalidOperationException or TimeoutException && start < MaxStarts)
            {
                FailedStarts++;
                await EndAsync();
            }
        }
    }

    public async Task KillAsync()
    {
        log.Write("--- killed ---");
        IsUp = false;
        await _process!.KillAsync();
        await EndAsync();
    }

    /// <summary>Asks it to end and waits until it has.</summary>
    /// <returns>Its exit code; null where it had to be killed.</returns>
    public async Task<int?> StopAsync(TimeSpan maxWait)
    {
        log.Write("--- asked to end ---");
        IsUp = false;
        await _process!.SignalAsync("TERM");
        try
        {
            return await _process.ExitCodeAsync().WaitAsync(maxWait);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            await EndAsync();
        }
    }

    /// <summary>Nothing of it runs for a while, and it does not know: its claims lapse, and it goes on as a zombie.</summary>
    public async Task FreezeAsync(TimeSpan duration)
    {
        log.Write("--- frozen ---");
        var process = _process!;
        await process.SignalAsync("STOP");
        await Task.Delay(duration);
        await process.SignalAsync("CONT");
        log.Write("--- goes on ---");
    }

    public async ValueTask DisposeAsync()
    {
        // One that is only starting has to go, too: who is interrupted then must leave no process behind.
        await EndAsync();
        log.Dispose();
    }

    private async Task EndAsync()
    {
        IsUp = false;
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }
}
