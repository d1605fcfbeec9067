namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>
/// A caller who goes away ends the waiting for a claim or for another one's result, but not a handler that runs: what has begun is committed,
/// and the caller's retry finds it.
/// </summary>
internal sealed class CallerPatience : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly CancellationTokenRegistration _disconnected;
    private readonly CancellationTokenRegistration _cancelled;

    public CallerPatience(CancellationToken disconnected, CancellationToken cancelled)
    {
        _disconnected = disconnected.Register(_gone.Cancel);
        _cancelled = cancelled.Register(_gone.Cancel);
    }

    public CancellationToken Token => _gone.Token;

    /// <summary>The handler starts.</summary>
    /// <exception cref="OperationCanceledException">The caller was gone before.</exception>
    public void HandlerStarts()
    {
        // Disposing waits for a callback that runs, so the check afterwards is final.
        _disconnected.Dispose();
        _cancelled.Dispose();
        Token.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _disconnected.Dispose();
        _cancelled.Dispose();
        _gone.Dispose();
    }
}
