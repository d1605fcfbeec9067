using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.DependencyInjection;

/// <summary>Registers the engine.</summary>
public static class IdempotencyServiceCollectionExtensions
{
    /// <summary>Adds the engine. A store must follow, for example <c>AddTableStorage</c>.</summary>
    /// <param name="services">The app's services.</param>
    /// <param name="configure">Changes the defaults; what is out of range stops the app at its start with a sentence that names the setting.</param>
    public static IdempotencyBuilder AddIdempotency(this IServiceCollection services, Action<IdempotencyOptions>? configure = null)
    {
        services.AddOptions<IdempotencyOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IdempotencyOptions>, IdempotencyOptionsValidation>());
        services.AddOptions<RowWriterOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RowWriterOptions>, RowWriterOptionsValidation>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new RowWriter(
            provider.GetRequiredService<IRowStore>(),
            provider.GetRequiredService<IOptions<RowWriterOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new IdempotencyEngine(
            provider.GetRequiredService<RowWriter>(),
            provider.GetRequiredService<IOptions<IdempotencyOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<IdempotencyEngine>>(),
            provider.GetService<IOutbox>()));
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
