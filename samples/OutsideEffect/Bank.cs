using System.Collections.Concurrent;

namespace OutsideEffect;

/// <summary>Stands for a payment gateway: it charges once for each key.</summary>
internal sealed class Bank
{
    private readonly ConcurrentDictionary<string, string> _charges = new();
    private int _calls;

    public object Charges => new { made = _charges.Count, calls = _calls };

    public Task<string> ChargeAsync(string key, long amount, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return Task.FromResult(_charges.GetOrAdd(key, _ => $"ch_{_charges.Count + 1}_{amount}"));
    }
}
