using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServerlessIdempotency.AspNetCore.Controllers;

namespace ServerlessIdempotency.AspNetCore.Endpoints;

/// <summary>Looks at every endpoint when the app has started: what would be ignored or passed by is said then, not at the first request.</summary>
/// <param name="services">The app's services.</param>
internal sealed class EndpointCheck(IServiceProvider services) : IHostedLifecycleService
{
    /// <exception cref="InvalidOperationException">An endpoint is declared wrongly.</exception>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var endpoint in services.GetService<EndpointDataSource>()?.Endpoints ?? [])
        {
            if (endpoint.Metadata.GetMetadata<IIdempotencyMetadata>() is not null)
            {
                Check(endpoint);
            }
        }

        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Check(Endpoint endpoint)
    {
        var wrapped = endpoint.Metadata.GetMetadata<IdempotentEndpoint>();
        if (wrapped is null && endpoint.Metadata.GetMetadata<ActionDescriptor>() is null)
        {
            throw new InvalidOperationException(
                $"The endpoint {endpoint.DisplayName} has [Idempotent], which counts on controllers and their actions only: call RequireIdempotencyKey() where it is mapped.");
        }

        var settings = wrapped?.Settings ?? EndpointSettings.Of(services, endpoint);
        if (settings.Operation.Fault() is { } fault)
        {
            throw new InvalidOperationException($"The endpoint {endpoint.DisplayName} is declared with {fault}.");
        }

        var requiresKey = settings.Operation.RequireKey ?? settings.Options.RequireKey;
        if (requiresKey && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is null or { Count: 0 })
        {
            throw new InvalidOperationException(
                $"The endpoint {endpoint.DisplayName} requires an idempotency key and takes requests of every method, of which only {string.Join(", ", settings.Options.Methods)} are executed once: name its methods (MapPost, MapMethods, [HttpPost]).");
        }

        if (requiresKey
            && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods
            && methods.FirstOrDefault(settings.Options.IgnoresKeyOf) is { } ignored)
        {
            throw new InvalidOperationException(
                $"The endpoint {endpoint.DisplayName} requires an idempotency key, but {ignored} requests are not executed once, so the key would be ignored: "
                + $"add the method to Idempotency:Http:Methods (WithIdempotency(o => o.Methods.Add(\"{ignored}\"))), or do not require a key here.");
        }

        if ((wrapped is { HasFilters: true } || EndpointFilters.AreOn(endpoint)) && !settings.Options.AllowEndpointFilters)
        {
            throw new InvalidOperationException(
                $"The endpoint {endpoint.DisplayName} has endpoint filters, which do not run when a stored answer is replayed: a filter that checks who calls would be passed by. "
                + "Authorize with RequireAuthorization(), and where no filter decides who may call, say so: WithIdempotency(o => o.AllowEndpointFilters = true).");
        }
    }
}
