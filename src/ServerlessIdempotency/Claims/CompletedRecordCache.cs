using Microsoft.Extensions.Caching.Memory;
using ServerlessIdempotency.Records;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Claims;

/// <summary>
/// Completed records that this process has seen, bounded by their bytes. A completed record does not change until it expires, and expiry is checked
/// by the reader (law 8); only a person may delete it before, which shows once the entry is as old as it may be.
/// </summary>
internal sealed class CompletedRecordCache(IdempotencyOptions options, TimeProvider timeProvider) : IDisposable
{
    // Keys, columns and the cache's own bookkeeping, roughly.
    private const int Overhead = 1024;

    private readonly MemoryCache? _cache = options.LocalCacheBytes == 0 ? null : new MemoryCache(new MemoryCacheOptions { SizeLimit = options.LocalCacheBytes });

    public IdempotencyRecord? TryGet(RowAddress address)
    {
        try
        {
            return _cache is not null && _cache.TryGetValue(address, out (IdempotencyRecord Record, DateTimeOffset Until) entry) && timeProvider.GetUtcNow() < entry.Until ? entry.Record : null;
        }
        catch (ObjectDisposedException)
        {
            // The app stops under an execution that is still under way, and nothing is kept any more.
            return null;
        }
    }

    public void Add(RowAddress address, IdempotencyRecord record)
    {
        if (_cache is null)
        {
            return;
        }

        var result = record.Result!;

        // A copy: the handler may use its buffers again, and the next replay would be of what it wrote there.
        var owned = record with { ResultColumns = null, Result = result with { Headers = [.. result.Headers], Body = result.Body.ToArray() } };
        try
        {
            _cache.Set(address, (owned, timeProvider.GetUtcNow() + options.LocalCacheAge), new MemoryCacheEntryOptions { Size = Overhead + result.Body.Length });
        }
        catch (ObjectDisposedException)
        {
            // It is committed all the same.
        }
    }

    public void Dispose() => _cache?.Dispose();
}
