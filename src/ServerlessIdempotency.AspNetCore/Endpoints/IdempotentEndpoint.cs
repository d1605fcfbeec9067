using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Abstractions;
using ServerlessIdempotency.AspNetCore.Execution;

namespace ServerlessIdempotency.AspNetCore.Endpoints;

/// <summary>Wraps an endpoint.</summary>
internal sealed class IdempotentEndpoint(EndpointSettings settings, bool hasMark, bool hasFilters, RequestDelegate next)
{
    public EndpointSettings Settings => settings;

    /// <summary>Whether endpoint filters of the app run within the operation.</summary>
    public bool HasFilters => hasFilters;

    /// <summary>
    /// Puts a mark right in front of the handler of a minimal API. A request delegate needs none: it does its binding itself.
    /// </summary>
    public static void Mark(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.OfType<MethodInfo>().Any() && !endpoint.Metadata.OfType<ActionDescriptor>().Any() && !endpoint.Metadata.OfType<MarkedHandler>().Any())
        {
            endpoint.Metadata.Add(MarkedHandler.Instance);
            endpoint.FilterFactories.Add(HandlerFilter.Create);
        }
    }

    /// <summary>
    /// Wraps the whole endpoint once, however many of its groups ask for it. Not as an endpoint filter: filters run after the body was bound,
    /// and before the result is written. Controllers are left to <see cref="Controllers.IdempotencyResourceFilter"/>, which runs after their authorization filters.
    /// </summary>
    public static void Wrap(EndpointBuilder endpoint)
    {
        if (endpoint.RequestDelegate is not { } next || endpoint.Metadata.OfType<IdempotentEndpoint>().Any() || endpoint.Metadata.OfType<ActionDescriptor>().Any())
        {
            return;
        }

        var wrapped = new IdempotentEndpoint(EndpointSettings.Of(endpoint.ApplicationServices, endpoint.Metadata), endpoint.Metadata.OfType<MarkedHandler>().Any(), endpoint.FilterFactories.Any(IsOfTheApp), next);
        endpoint.Metadata.Add(wrapped);
        endpoint.RequestDelegate = wrapped.InvokeAsync;
    }

    private async Task InvokeAsync(HttpContext context)
    {
        if (hasMark && !hasFilters)
        {
            HandlerFilter.AllowStatusBefore(context);
        }

        if (await settings.ExecuteAsync(context, next) is { } answer)
        {
            await answer.ExecuteAsync(context);
        }
        else
        {
            await next(context);
        }
    }

    // The framework's own validation (AddValidation) looks at the arguments alone.
    private static bool IsOfTheApp(Func<EndpointFilterFactoryContext, EndpointFilterDelegate, EndpointFilterDelegate> factory) =>
        factory != HandlerFilter.Create && factory.Method.DeclaringType?.FullName?.Contains("ValidationEndpointFilterFactory", StringComparison.Ordinal) != true;
}
