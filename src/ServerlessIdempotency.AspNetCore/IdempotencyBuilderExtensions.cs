using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.AspNetCore.Controllers;
using ServerlessIdempotency.AspNetCore.Endpoints;
using ServerlessIdempotency.AspNetCore.Execution;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.AspNetCore;

/// <summary>Registers the HTTP contract.</summary>
public static class IdempotencyBuilderExtensions
{
    /// <summary>Adds <see cref="IdempotentHttp"/> and what <c>WithIdempotency()</c> and <c>RequireIdempotencyKey()</c> need.</summary>
    /// <param name="builder">What <c>AddIdempotency</c> returned.</param>
    /// <param name="configure">Changes the defaults; what is out of range stops the app at its start with a sentence that names the setting.</param>
    public static IdempotencyBuilder AddHttp(this IdempotencyBuilder builder, Action<HttpIdempotencyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddValidatedOptions(configure, options => options.Validate());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<MvcOptions>, MvcOptionsSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, EndpointCheck>());
        services.TryAddSingleton<IdempotentHttp>();
        services.TryAddScoped<CurrentOperation>();
        services.TryAddTransient(provider => provider.GetRequiredService<CurrentOperation>().Required);
        return builder;
    }
}
