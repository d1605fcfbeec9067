using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Execution;

namespace ServerlessIdempotency.AspNetCore.Endpoints;

/// <summary>The filter that stands next to the handler of a minimal API and says that it was reached.</summary>
internal static class HandlerFilter
{
    public static Func<EndpointFilterFactoryContext, EndpointFilterDelegate, EndpointFilterDelegate> Create { get; } = (_, next) => invocation =>
    {
        // Where binding failed the filters run all the same, with the status set, and the handler does not.
        if (invocation.HttpContext.Response.StatusCode < StatusCodes.Status400BadRequest)
        {
            HandlerReached.Mark(invocation.HttpContext);
        }

        return next(invocation);
    };
}
