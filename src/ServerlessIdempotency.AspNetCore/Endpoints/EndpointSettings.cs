using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.AspNetCore.Requests;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.AspNetCore.Endpoints;

/// <summary>What holds for one endpoint: the app's options, changed by what its groups and the endpoint itself say, the endpoint last.</summary>
internal sealed class EndpointSettings
{
    private static readonly ConditionalWeakTable<Endpoint, EndpointSettings> OfEndpoints = [];

    private EndpointSettings(IdempotentHttp http, HttpIdempotencyOptions options, HttpOperation operation)
    {
        Http = http;
        Options = options;
        Operation = operation;
        Reader = new RequestReader(options);
    }

    public IdempotentHttp Http { get; }

    public HttpIdempotencyOptions Options { get; }

    public HttpOperation Operation { get; }

    public RequestReader Reader { get; }

    /// <exception cref="InvalidOperationException">The contract is not registered.</exception>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static EndpointSettings Of(IServiceProvider services, IEnumerable<object> metadata)
    {
        var http = services.GetService<IdempotentHttp>()
            ?? throw new InvalidOperationException("The HTTP contract is not registered: call services.AddIdempotency().AddHttp().");
        var options = services.GetRequiredService<IOptions<HttpIdempotencyOptions>>().Value.Copy();
        var operation = HttpOperation.Default;

        // Conventions of all controllers come after the attributes of one, but the special counts over the general.
        foreach (var declared in metadata.OfType<IIdempotencyMetadata>().OrderBy(declared => declared is IdempotentAttribute))
        {
            declared.Configure(options);
            operation = declared.Declare(operation);
        }

        OptionFaults.ThrowIfAny(options.Validate());
        return new EndpointSettings(http, options, operation);
    }

    /// <summary>The settings of a controller's action, which nothing wraps: made once, by the check at the app's start.</summary>
    public static EndpointSettings Of(IServiceProvider services, Endpoint endpoint) => OfEndpoints.GetValue(endpoint, key => Of(services, key.Metadata));

    /// <returns>Null where the request passes through.</returns>
    public Task<IResult?> ExecuteAsync(HttpContext context, RequestDelegate endpoint) =>
        Http.CaptureAsync(context.Request, Options, Reader, Operation, endpoint, context.RequestAborted);
}
