using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ServerlessIdempotency.Purge;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Validation;

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
        services.AddValidatedOptions(configure, options => options.Validate());
        services.TryAddSingleton(provider => new ExpiredRowPurger(
            provider.GetService<IExpiredRowStore>() ?? throw new InvalidOperationException("The purge needs a store that lists expired rows: register an IExpiredRowStore, or leave AddPurge() out."),
            provider.GetRequiredService<IdempotencyOptions>().TableName,
            provider.GetRequiredService<PurgeOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PurgeLoop>());
        return builder;
    }
}
