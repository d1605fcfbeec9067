using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Administration;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.DependencyInjection;

/// <summary>Registers the engine.</summary>
public static class IdempotencyServiceCollectionExtensions
{
    /// <summary>Adds the engine. A store must follow, for example <c>AddTableStorage</c>.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Changes the defaults; what is out of range stops the app at its start with a sentence that names the setting.</param>
    public static IdempotencyBuilder AddIdempotency(this IServiceCollection services, Action<IdempotencyOptions>? configure = null)
    {
        services.AddValidatedOptions(configure, options => options.Validate());
        services.AddValidatedOptions<RowWriterOptions>(configure: null, options => options.Validate());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new IdempotencyMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton<RowWriter>();
        services.TryAddSingleton(provider => new IdempotencyEngine(
            provider.GetRequiredService<RowWriter>(),
            provider.GetRequiredService<IdempotencyOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<IdempotencyEngine>>(),
            provider.GetService<IOutbox>(),
            provider.GetRequiredService<IdempotencyMetrics>()));
        services.TryAddSingleton<IIdempotencyAdministration, IdempotencyAdministration>();
        return new IdempotencyBuilder(services);
    }

    /// <summary>Keeps everything in this process's memory: for tests and for trying things out.</summary>
    public static IdempotencyBuilder AddInMemoryStore(this IdempotencyBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<InMemoryRowStore>();
        builder.Services.TryAddSingleton<IRowStore>(provider => provider.GetRequiredService<InMemoryRowStore>());
        builder.Services.TryAddSingleton<IExpiredRowStore>(provider => provider.GetRequiredService<InMemoryRowStore>());
        return builder;
    }
}
