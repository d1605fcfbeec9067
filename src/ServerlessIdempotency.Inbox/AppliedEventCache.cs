using Microsoft.Extensions.Caching.Memory;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox;

/// <summary>Applied events that this process has seen. One stays applied until it expires, and that is checked at every look (law 8), so the cache can't be wrong.</summary>
internal sealed class AppliedEventCache(int entries, TimeProvider timeProvider) : IDisposable
{
    private readonly MemoryCache? _cache = entries == 0 ? null : new MemoryCache(new MemoryCacheOptions { SizeLimit = entries });

    public bool Contains(RowAddress address) => _cache is not null && _cache.TryGetValue(address, out DateTimeOffset expiresAt) && timeProvider.GetUtcNow() < expiresAt;

    public void Add(RowAddress address, DateTimeOffset expiresAt) => _cache?.Set(address, expiresAt, new MemoryCacheEntryOptions { Size = 1 });

    public void Dispose() => _cache?.Dispose();
}
