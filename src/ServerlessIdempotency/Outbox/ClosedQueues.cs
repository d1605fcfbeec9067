using System.Collections.Concurrent;

namespace ServerlessIdempotency.Outbox;

/// <summary>Queues that were found out of reach or gave no answer, so that not every message waits for the same time-out, nor those of other queues behind them.</summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="pause">For how long a queue is not asked again.</param>
/// <param name="silent">Those that gave no answer, where they are remembered for longer than these. Default these.</param>
internal sealed class ClosedQueues(TimeProvider timeProvider, TimeSpan pause, ClosedQueues? silent = null)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _openAgainAt = new(StringComparer.Ordinal);

    public void Close(string queue) => _openAgainAt[queue] = timeProvider.GetUtcNow() + pause;

    public void CloseSilent(string queue) => (silent ?? this).Close(queue);

    public bool Contains(string queue) => silent?.Contains(queue) is true || (_openAgainAt.TryGetValue(queue, out var at) && timeProvider.GetUtcNow() < at);
}
