using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Execution;

namespace ServerlessIdempotency.AspNetCore.Endpoints;

/// <summary>The filter that stands next to the handler of a minimal API and says that it was reached. What the framework does otherwise where there is a filter, it takes back.</summary>
internal static class HandlerFilter
{
    public static Func<EndpointFilterFactoryContext, EndpointFilterDelegate, EndpointFilterDelegate> Create { get; } = (factory, next) =>
    {
        var isNullRefused = IsNullRefused(factory.MethodInfo.ReturnType);
        return async invocation =>
        {
            var context = invocation.HttpContext;

            // Where binding failed the filters run all the same, with the status set, and the handler does not.
            if (context.Response.StatusCode >= StatusCodes.Status400BadRequest)
            {
                return await next(invocation);
            }

            HandlerReached.Mark(context);
            var result = await next(invocation);
            if (context.Features.Get<StatusBefore>() is { } before && context.Response is { HasStarted: false, StatusCode: StatusCodes.Status200OK })
            {
                context.Response.StatusCode = before.Value;
            }

            return result is null && isNullRefused && context.GetEndpoint()?.Metadata.GetMetadata<IdempotentEndpoint>() is { HasFilters: false }
                ? throw new InvalidOperationException($"The {factory.MethodInfo.ReturnType.Name} returned by the Delegate must not be null.")
                : result;
        };
    };

    /// <summary>Lets the handler run although its status was set before: with a filter in front of it the framework takes an error's status for failed binding.</summary>
    public static void AllowStatusBefore(HttpContext context)
    {
        if (context.Response is { HasStarted: false, StatusCode: >= StatusCodes.Status400BadRequest and var status })
        {
            context.Features.Set(new StatusBefore(status));
            context.Response.StatusCode = StatusCodes.Status200OK;
        }
    }

    // As without a filter; with one, null would be JSON.
    private static bool IsNullRefused(Type returned)
    {
        if (returned.IsGenericType && (returned.GetGenericTypeDefinition() == typeof(Task<>) || returned.GetGenericTypeDefinition() == typeof(ValueTask<>)))
        {
            returned = returned.GetGenericArguments()[0];
        }

        return returned == typeof(string) || returned.IsAssignableTo(typeof(IResult));
    }

    private sealed record StatusBefore(int Value);
}
