using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;

namespace ServerlessIdempotency.AspNetCore.Tests.Differential;

/// <summary>Caches the answers of POST, which the policies of ASP.NET Core pass by, and marks those that come out of the cache.</summary>
/// <param name="varyByKey">Whether each idempotency key has an entry of its own.</param>
internal sealed class CachedPosts(bool varyByKey) : IOutputCachePolicy
{
    public const string Hit = "X-From-Cache";

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        context.EnableOutputCaching = true;
        context.AllowCacheLookup = true;
        context.AllowCacheStorage = true;
        context.AllowLocking = true;
        if (varyByKey)
        {
            context.CacheVaryByRules.HeaderNames = IdempotencyHeaders.Key;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        context.HttpContext.Response.Headers[Hit] = "1";
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        context.AllowCacheStorage = context.HttpContext.Response.StatusCode == StatusCodes.Status200OK;
        return ValueTask.CompletedTask;
    }
}
