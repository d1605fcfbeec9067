using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ServerlessIdempotency.AspNetCore.Endpoints;

/// <summary>Wraps an endpoint.</summary>
internal sealed class IdempotentEndpoint(IdempotentHttp http, HttpIdempotencyOptions options, HttpOperation operation, RequestDelegate next)
{
    /// <summary>
    /// Wraps the whole endpoint once, however many of its groups ask for it. Not as an endpoint filter: filters run after the body was bound,
    /// and before the result is written.
    /// </summary>
    public static void Wrap(EndpointBuilder endpoint)
    {
        if (endpoint.RequestDelegate is not { } next || endpoint.Metadata.OfType<IdempotentEndpoint>().Any())
        {
            return;
        }

        var services = endpoint.ApplicationServices;
        var http = services.GetService<IdempotentHttp>()
            ?? throw new InvalidOperationException("The HTTP contract is not registered: call services.AddIdempotency().AddHttp().");
        var options = services.GetRequiredService<IOptions<HttpIdempotencyOptions>>().Value.Copy();
        var operation = HttpOperation.Default;
        foreach (var metadata in endpoint.Metadata.OfType<IdempotencyMetadata>())
        {
            metadata.Configure?.Invoke(options);
            operation = metadata.Operation ?? operation;
        }

        options.ThrowIfInvalid();
        var wrapped = new IdempotentEndpoint(http, options, operation, next);
        endpoint.Metadata.Add(wrapped);
        endpoint.RequestDelegate = wrapped.InvokeAsync;
    }

    private async Task InvokeAsync(HttpContext context)
    {
        if (await http.CaptureAsync(context.Request, options, operation, next, CancellationToken.None) is { } answer)
        {
            await answer.ExecuteAsync(context);
        }
        else
        {
            await next(context);
        }
    }
}
