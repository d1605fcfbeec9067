using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Conditional;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;

namespace ServerlessIdempotency.DependencyInjection;

/// <summary>Registers sagas.</summary>
public static class SagaBuilderExtensions
{
    /// <summary>Adds sagas and conditional updates. With the outbox configured a saga wakes itself; without it someone has to advance it.</summary>
    /// <param name="builder">What <c>AddIdempotency</c> returned.</param>
    /// <param name="configure">Changes the defaults; what is out of range stops the app at its start with a sentence that names the setting.</param>
    public static IdempotencyBuilder AddSagas(this IdempotencyBuilder builder, Action<SagaOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<SagaOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SagaOptions>, SagaOptionsValidation>());
        builder.Services.TryAddSingleton<ConditionalUpdate>();
        builder.Services.TryAddSingleton(provider => new SagaRunner(
            provider.GetRequiredService<RowWriter>(),
            provider.GetServices<SagaDefinition>(),
            provider.GetRequiredService<IOptions<SagaOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SagaRunner>>(),
            provider.GetService<IOutbox>()));
        builder.Services.TryAddSingleton(provider => provider.GetRequiredService<SagaRunner>().Parked);
        return builder;
    }

    /// <summary>Adds a saga's definition.</summary>
    public static IdempotencyBuilder AddSaga<T>(this IdempotencyBuilder builder)
        where T : SagaDefinition
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<SagaDefinition, T>());
        return builder;
    }
}
