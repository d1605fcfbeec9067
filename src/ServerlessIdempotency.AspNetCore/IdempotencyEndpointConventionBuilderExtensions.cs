using Microsoft.AspNetCore.Builder;
using ServerlessIdempotency.AspNetCore.Endpoints;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>Makes endpoints of ASP.NET Core idempotent: minimal APIs, controllers and whole groups.</summary>
public static class IdempotencyEndpointConventionBuilderExtensions
{
    /// <summary>
    /// POST and PATCH requests with an idempotency key are executed once; their response is stored and replayed byte for byte. Said of a group and of an endpoint
    /// in it, both count, the endpoint's last.
    /// </summary>
    /// <param name="builder">The endpoint or the group.</param>
    /// <param name="configure">Changes settings for these endpoints only.</param>
    /// <param name="operation">The operation, where its name, fingerprint, retention or the like differ from the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static TBuilder WithIdempotency<TBuilder>(this TBuilder builder, Action<HttpIdempotencyOptions>? configure = null, HttpOperation? operation = null)
        where TBuilder : IEndpointConventionBuilder
    {
        // Endpoints are built late; a bad setting is to be seen where it is written.
        var trial = new HttpIdempotencyOptions();
        configure?.Invoke(trial);
        OptionFaults.ThrowIfAny(trial.Validate());

        builder.Add(endpoint =>
        {
            endpoint.Metadata.Add(new IdempotencyMetadata(configure, operation));
            IdempotentEndpoint.Mark(endpoint);
        });
        builder.Finally(IdempotentEndpoint.Wrap);
        return builder;
    }

    /// <summary>As <see cref="WithIdempotency"/>, and a POST or PATCH request without a key is refused with 400.</summary>
    /// <param name="builder">The endpoint or the group.</param>
    /// <param name="operation">The operation, where its name, fingerprint, retention or the like differ from the defaults.</param>
    public static TBuilder RequireIdempotencyKey<TBuilder>(this TBuilder builder, HttpOperation? operation = null)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithIdempotency(options => options.RequireKey = true, operation);
}
