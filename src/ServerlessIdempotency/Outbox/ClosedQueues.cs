using System.Collections.Concurrent;

namespace ServerlessIdempotency.Outbox;

/// <summary>Queues that were found out of reach or gave no answer, so that not every message waits for the same time-out, nor those of other queues behind them.</summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="pause">For how long a queue is not asked again; it doubles each time that it is closed again without an answer between.</param>
/// <param name="longest">The longest of these pauses. Default: they don't double.</param>
/// <param name="silent">Those that gave no answer, where they are remembered for longer than these. Default these.</param>
internal sealed class ClosedQueues(TimeProvider timeProvider, TimeSpan pause, TimeSpan? longest = null, ClosedQueues? silent = null)
{
    private readonly ConcurrentDictionary<string, (DateTimeOffset OpenAgainAt, int Doublings)> _closed = new(StringComparer.Ordinal);

    /// <summary>Several that asked at the same time met one stall: while the queue is closed, it is closed already.</summary>
    public void Close(string queue) =>
        _closed.AddOrUpdate(queue, _ => For(0), (_, before) => timeProvider.GetUtcNow() < before.OpenAgainAt ? before : For(before.Doublings + 1));

    public void CloseSilent(string queue) => (silent ?? this).Close(queue);

    /// <summary>The queue gave an answer, whichever.</summary>
    public void Answered(string queue) => silent?._closed.TryRemove(queue, out _);

    public bool Contains(string queue) => silent?.Contains(queue) is true || (_closed.TryGetValue(queue, out var closed) && timeProvider.GetUtcNow() < closed.OpenAgainAt);

    private (DateTimeOffset OpenAgainAt, int Doublings) For(int doublings) => (timeProvider.GetUtcNow() + Backoff.Pause(pause, doublings, longest ?? pause), doublings);
}
