using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Abstractions;

namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>
/// Whether the request reached the endpoint's own code, or was refused by binding or validation before. Where nothing of ours stands right in front of that code, it counts as
/// reached.
/// </summary>
internal sealed class HandlerReached
{
    private readonly bool _isMarked;
    private bool _isReached;

    private HandlerReached(bool isMarked) => _isMarked = isMarked;

    public bool HandlerRan => _isReached || !_isMarked;

    /// <summary>A new attempt begins.</summary>
    public static HandlerReached Begin(HttpContext context)
    {
        var reached = new HandlerReached(context.GetEndpoint()?.Metadata is { } metadata && (metadata.GetMetadata<MarkedHandler>() is not null || metadata.GetMetadata<ActionDescriptor>() is not null));
        context.Features.Set(reached);
        return reached;
    }

    /// <summary>The endpoint's own code runs next.</summary>
    public static void Mark(HttpContext context) => context.Features.Get<HandlerReached>()?._isReached = true;
}
