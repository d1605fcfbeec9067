using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Purge;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.DependencyInjection;

/// <summary>Registers the purge.</summary>
public static class PurgeBuilderExtensions
{
    /// <summary>
    /// Deletes expired rows while the app runs, where the store can list them (<see cref="IExpiredRowStore"/>). With <see cref="PurgeOptions.Interval"/> zero, only
    /// whoever calls <see cref="ExpiredRowPurger"/> does.
    /// </summary>
    /// <param name="builder">What <c>AddIdempotency</c> returned.</param>
    /// <param name="configure">Names the tables; what is out of range stops the app at its start with a sentence that names the setting.</param>
    public static IdempotencyBuilder AddPurge(this IdempotencyBuilder builder, Action<PurgeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<PurgeOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PurgeOptions>, PurgeOptionsValidation>());
        services.TryAddSingleton(provider => new ExpiredRowPurger(
            provider.GetService<IExpiredRowStore>() ?? throw new InvalidOperationException("The purge needs a store that lists expired rows: register an IExpiredRowStore, or leave AddPurge() out."),
            provider.GetRequiredService<IOptions<IdempotencyOptions>>().Value.TableName,
            provider.GetRequiredService<IOptions<PurgeOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PurgeLoop>(provider => new PurgeLoop(
            provider.GetRequiredService<ExpiredRowPurger>(),
            provider.GetRequiredService<IOptions<PurgeOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PurgeLoop>>())));
        return builder;
    }
}
