using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Functions.Http;
using ServerlessIdempotency.Functions.Principals;
using ServerlessIdempotency.Functions.Settings;
using ServerlessIdempotency.Functions.Worker;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.Functions;

/// <summary>Makes functions idempotent.</summary>
public static class IdempotencyFunctionsBuilderExtensions
{
    /// <summary>
    /// Adds what <see cref="IdempotentAttribute"/> needs. Call it after <c>ConfigureFunctionsWebApplication()</c>; <c>services.AddIdempotency()</c> with a store goes beside it.
    /// The principal of an HTTP request becomes the user of App Service authentication, else the function key, unless the app sets <c>HttpIdempotencyOptions.Principal</c> itself, before or after.
    /// </summary>
    /// <param name="builder">The app's builder.</param>
    /// <param name="configure">Changes the defaults; what is out of range stops the app at its start with a sentence that names the setting.</param>
    public static FunctionsApplicationBuilder UseIdempotency(this FunctionsApplicationBuilder builder, Action<FunctionIdempotencyOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddValidatedOptions(configure, options => options.Validate());
        if (services.Any(service => service.ServiceType == typeof(FunctionCatalog)))
        {
            // Twice in the pipeline, a function would be executed within itself.
            return builder;
        }

        services.AddSingleton<FunctionCatalog>();
        services.TryAddSingleton(provider => new FunctionAppPrincipal(
            string.Equals(provider.GetRequiredService<IConfiguration>()[FunctionAppPrincipal.EnabledSetting], "true", StringComparison.OrdinalIgnoreCase),
            provider.GetRequiredService<IOptions<FunctionIdempotencyOptions>>().Value.KeyNames));

        // After all that the app configures, wherever it does: a principal of its own is kept.
        services.AddOptions<HttpIdempotencyOptions>().PostConfigure<FunctionAppPrincipal>((options, principal) =>
        {
            if (options.Principal == new HttpIdempotencyOptions().Principal)
            {
                options.Principal = principal.Of;
            }

            options.CredentialInQuery = FunctionKeyPlace.InQueryOf;
        });
        new IdempotencyBuilder(services).AddHttp();
        services.TryAddSingleton<HttpExecution>();
        services.TryAddSingleton<FunctionKeyPlace>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IIdempotentTrigger, HttpFunctionTrigger>());

        // The host reads the host.json that lies beside the app, and settings of the app over it.
        services.TryAddSingleton(provider => HostSettings.Read(Path.Combine(AppContext.BaseDirectory, "host.json"), provider.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton<FunctionAssemblies>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, StartCheck>());
        builder.UseMiddleware<IdempotencyMiddleware>();
        return builder;
    }
}
