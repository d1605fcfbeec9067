namespace ServerlessIdempotency.Testing.Scheduling;

/// <summary>The one thread on which everything runs that the proof controls. Work comes from there itself; from elsewhere only where something leaves its schedulers.</summary>
internal sealed class ControlledLoop(TimeSpan timeout)
{
    private readonly object _gate = new();
    private readonly Queue<(ProcessScheduler Scheduler, Task Task)> _ready = new();
    private readonly Thread _thread = Thread.CurrentThread;
    private long _fromElsewhere;

    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>How often something came from another thread. Where the loop stood by then is up to the machine.</summary>
    public long FromElsewhere => Interlocked.Read(ref _fromElsewhere);

    public void Enqueue(ProcessScheduler scheduler, Task task)
    {
        if (!IsCurrent)
        {
            Interlocked.Increment(ref _fromElsewhere);
        }

        lock (_gate)
        {
            _ready.Enqueue((scheduler, task));
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Somebody came to a point: the loop looks again, if it waits. On its own thread it doesn't.</summary>
    public void Arrive()
    {
        if (!IsCurrent)
        {
            Interlocked.Increment(ref _fromElsewhere);
            Wake();
        }
    }

    public void RunUntilIdle()
    {
        while (true)
        {
            (ProcessScheduler Scheduler, Task Task) next;
            lock (_gate)
            {
                if (!_ready.TryDequeue(out next))
                {
                    return;
                }
            }

            next.Scheduler.Run(next.Task);
        }
    }

    /// <summary>Runs what is ready until a task is done that depends on something real, such as a network. An in-memory effect is done already.</summary>
    public void WaitFor(Task task, string what)
    {
        if (task.IsCompleted)
        {
            return;
        }

        _ = task.ContinueWith(_ => Wake(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (!WaitUntil(() => task.IsCompleted))
        {
            throw new TimeoutException($"What is done at the point '{what}' did not come to an end within {timeout}.");
        }
    }

    /// <returns>False where nothing came in time.</returns>
    public bool WaitUntil(Func<bool> isThere)
    {
        var until = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_gate)
        {
            while (!isThere())
            {
                var left = until - Environment.TickCount64;
                if (left <= 0)
                {
                    return false;
                }

                Monitor.Wait(_gate, (int)Math.Min(left, 1_000));
            }

            return true;
        }
    }

    public bool HasWork
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count > 0;
            }
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.Pulse(_gate);
        }
    }
}
