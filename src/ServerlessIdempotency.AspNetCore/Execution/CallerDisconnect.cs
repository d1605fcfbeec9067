namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>
/// A caller who goes away ends the waiting for a claim or for another one's result, but not a handler that runs: what has begun is committed,
/// and the caller's retry finds it.
/// </summary>
internal sealed class CallerDisconnect : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _disconnected;
    private readonly CancellationTokenRegistration _cancelled;
    private readonly Lock _gate = new();

    public CallerDisconnect(CancellationToken disconnected, CancellationToken cancelled)
    {
        _disconnected = disconnected.Register(_source.Cancel);
        _cancelled = cancelled.Register(_source.Cancel);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Whether the handler was let start.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>The handler is about to start.</summary>
    /// <returns>False where the caller was gone before.</returns>
    public bool TryStartHandler()
    {
        // Disposing waits for a callback that runs, so the check afterwards is final.
        _disconnected.Dispose();
        _cancelled.Dispose();
        lock (_gate)
        {
            return HasStarted = !Token.IsCancellationRequested;
        }
    }

    /// <summary>Ends the waiting.</summary>
    /// <returns>False where the handler has started: it goes on.</returns>
    public bool TryLeave()
    {
        lock (_gate)
        {
            if (HasStarted)
            {
                return false;
            }

            _source.Cancel();
            return true;
        }
    }

    public void Dispose()
    {
        _disconnected.Dispose();
        _cancelled.Dispose();
        _source.Dispose();
    }
}
