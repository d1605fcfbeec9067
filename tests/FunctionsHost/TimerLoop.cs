namespace FunctionsHost;

/// <summary>Runs every timer function again and again, whatever its own schedule is.</summary>
internal sealed class TimerLoop : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="host">Runs the functions.</param>
    /// <param name="pause">Between two runs; null for no run at all.</param>
    public TimerLoop(FunctionHost host, TimeSpan? pause) => _running = pause is { } span ? RunAsync(host, span) : Task.CompletedTask;

    /// <summary>Waits for the function that runs.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(FunctionHost host, TimeSpan pause)
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var timer in host.Functions.Where(function => function.Is("timerTrigger")))
            {
                try
                {
                    await host.RunTimerAsync(timer.Name);
                }
                catch (InvocationFailedException exception)
                {
                    // The storage was away, say; the next run is soon.
                    host.Errors.Enqueue(exception);
                }
            }

            await Task.Delay(pause, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
