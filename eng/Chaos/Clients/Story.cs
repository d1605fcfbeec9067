using System.Collections.Concurrent;

namespace Chaos.Clients;

/// <summary>Everything that the clients did and were told: one half of what is reconciled.</summary>
internal sealed class Story
{
    private long _sent;
    private long _lost;
    private long _timedOut;
    private long _inProgress;
    private long _unavailable;
    private long _replays;
    private long _mismatches;
    private long _queued;
    private int _amounts;

    public ConcurrentQueue<KeyedRequest> Requests { get; } = [];

    public ConcurrentQueue<PaymentIntent> Payments { get; } = [];

    public ConcurrentQueue<OrderIntent> Orders { get; } = [];

    /// <summary>Every quantity that a stock was ever set to. A duplicate that comes late may set an earlier one again.</summary>
    public ConcurrentDictionary<string, ConcurrentQueue<long>> StockSettings { get; } = [];

    /// <summary>What a client was told against the contract, at once.</summary>
    public ConcurrentQueue<string> Differences { get; } = [];

    /// <summary>Answers of 500: retried, but no one should ever see one.</summary>
    public ConcurrentQueue<string> Errors { get; } = [];

    public long Sent => _sent;

    public long Replays => _replays;

    public long InProgress => _inProgress;

    public long Unavailable => _unavailable;

    public long Lost => _lost;

    public long TimedOut => _timedOut;

    public long Mismatches => _mismatches;

    public long Queued => _queued;

    public int NextNumber() => Interlocked.Increment(ref _amounts);

    public KeyedRequest Add(KeyedRequest request)
    {
        Requests.Enqueue(request);
        return request;
    }

    public void CountSent() => Interlocked.Increment(ref _sent);

    public void CountLost() => Interlocked.Increment(ref _lost);

    public void CountTimedOut() => Interlocked.Increment(ref _timedOut);

    public void CountInProgress() => Interlocked.Increment(ref _inProgress);

    public void CountUnavailable() => Interlocked.Increment(ref _unavailable);

    public void CountReplay() => Interlocked.Increment(ref _replays);

    public void CountMismatch() => Interlocked.Increment(ref _mismatches);

    public void CountQueued() => Interlocked.Increment(ref _queued);
}
