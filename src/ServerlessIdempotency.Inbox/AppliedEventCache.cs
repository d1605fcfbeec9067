using Microsoft.Extensions.Caching.Memory;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox;

/// <summary>Applied events that this process has seen. One stays applied until it expires, and that is checked at every look (law 8), so the cache can't be wrong.</summary>
internal sealed class AppliedEventCache(int entries, TimeProvider timeProvider) : IDisposable
{
    private readonly MemoryCache? _cache = entries == 0 ? null : new MemoryCache(new MemoryCacheOptions { SizeLimit = entries });

    /// <returns>Null where it is not known here.</returns>
    public AppliedEvent? Find(RowAddress address)
    {
        try
        {
            return _cache is not null && _cache.TryGetValue(address, out AppliedEvent? applied) && timeProvider.GetUtcNow() < applied!.ExpiresAt ? applied : null;
        }
        catch (ObjectDisposedException)
        {
            // The app stops under a message that is still being applied, and nothing is kept any more.
            return null;
        }
    }

    public void Add(RowAddress address, AppliedEvent applied)
    {
        try
        {
            _cache?.Set(address, applied, new MemoryCacheEntryOptions { Size = 1 });
        }
        catch (ObjectDisposedException)
        {
            // It is committed all the same.
        }
    }

    public void Dispose() => _cache?.Dispose();
}
