using Microsoft.AspNetCore.Http.Features;

namespace ServerlessIdempotency.AspNetCore.Responses;

/// <summary>The life of a request while its endpoint runs as a handler: a lost claim ends it, a caller who leaves does not.</summary>
/// <param name="inner">The request's own.</param>
/// <param name="reset">The reset of its stream, where the protocol has one.</param>
/// <param name="handlerToken">The handler's token.</param>
internal sealed class CapturedLifetime(IHttpRequestLifetimeFeature? inner, IHttpResetFeature? reset, CancellationToken handlerToken) : IHttpRequestLifetimeFeature, IHttpResetFeature
{
    public CancellationToken RequestAborted { get; set; } = handlerToken;

    /// <summary>Whether the endpoint gave its response up, as a file result does when its source fails: what it wrote is no whole answer.</summary>
    public bool IsAborted { get; private set; }

    public void Abort()
    {
        IsAborted = true;
        inner?.Abort();
    }

    public void Reset(int errorCode)
    {
        IsAborted = true;
        reset?.Reset(errorCode);
    }
}
