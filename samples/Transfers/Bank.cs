using System.Collections.Concurrent;

namespace Transfers;

/// <summary>A bank that knows a transfer by its key, and can be told never to make it. Its reply to 13 is lost, and 12 is never asked for.</summary>
public sealed class Bank
{
    private readonly ConcurrentDictionary<string, string?> _transfers = new();

    public int Made => _transfers.Values.Count(transfer => transfer is not null);

    public Task<string> TransferAsync(string key, int amount, CancellationToken cancellationToken)
    {
        if (amount == 12)
        {
            throw new TimeoutException("The bank was not reached.");
        }

        var transfer = _transfers.GetOrAdd(key, _ => Guid.NewGuid().ToString()) ?? throw new InvalidOperationException("This transfer was prevented.");
        return amount == 13 ? throw new TimeoutException("The bank did not answer.") : Task.FromResult(transfer);
    }

    /// <returns>The transfer under this key; null where there is none, and then there never will be.</returns>
    public Task<string?> FindOrPreventAsync(string key, CancellationToken cancellationToken) => Task.FromResult(_transfers.GetOrAdd(key, _ => null));
}
