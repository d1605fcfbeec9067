using System.Collections.Concurrent;

namespace FunctionsHost;

/// <summary>The messages that functions have in hand.</summary>
internal sealed class HeldMessages
{
    private readonly ConcurrentDictionary<string, HeldMessage> _held = new();

    /// <summary>Every settlement, in its order.</summary>
    public ConcurrentQueue<SettledMessage> Settled { get; } = new();

    /// <summary>The messages that a function left as they were though it succeeded: they come again when their lock has ended, and would for ever.</summary>
    public ConcurrentQueue<string> Unsettled { get; } = new();

    /// <summary>The messages whose next settlement fails, and the sessions whose next release does, as where its lock was lost on the way.</summary>
    public ConcurrentDictionary<string, bool> ToRefuse { get; } = new();

    /// <summary>The sessions of batches in hand, by their ids alone as the official host knows them, and whether their function released them.</summary>
    public ConcurrentDictionary<string, bool> IsReleased { get; } = new();

    public HeldMessage? Find(string lockToken) => _held.GetValueOrDefault(lockToken);

    public void Add(HeldMessage held) => _held[held.Message.LockToken] = held;

    public void Remove(HeldMessage held) => _held.TryRemove(held.Message.LockToken, out _);
}
