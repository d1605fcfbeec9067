using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Conditional;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Sweeping;

namespace ServerlessIdempotency.DependencyInjection;

/// <summary>Registers sagas.</summary>
public static class SagaBuilderExtensions
{
    /// <summary>
    /// Adds sagas and conditional updates. With the outbox configured a saga wakes itself, and the <see cref="SagaSweeper"/> wakes it again where that was lost; without it
    /// someone has to advance it.
    /// </summary>
    /// <param name="builder">What <c>AddIdempotency</c> returned.</param>
    /// <param name="configure">Changes the defaults; what is out of range stops the app at its start with a sentence that names the setting.</param>
    public static IdempotencyBuilder AddSagas(this IdempotencyBuilder builder, Action<SagaOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<SagaOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SagaOptions>, SagaOptionsValidation>());
        if (builder.Services.Any(service => service.ServiceType == typeof(SagaRunner)))
        {
            return builder;
        }

        builder.Services.TryAddSingleton<ConditionalUpdate>();
        builder.Services.AddSingleton(provider => new SagaDefinitions(provider.GetServices<SagaDefinition>()));
        builder.Services.AddSingleton(provider => new SagaTransitions(
            provider.GetRequiredService<RowWriter>(), provider.GetService<IOutbox>(), provider.GetRequiredService<IOptions<SagaOptions>>().Value));
        builder.Services.AddSingleton(provider => new ParkedSagaIndex(provider.GetRequiredService<RowWriter>(), provider.GetRequiredService<IOptions<SagaOptions>>().Value));
        builder.Services.AddSingleton(provider => new OpenSagas(provider.GetRequiredService<IRowStore>()));
        builder.Services.AddSingleton<IUnfinishedWork>(provider => provider.GetRequiredService<OpenSagas>());
        builder.Services.AddSingleton(provider => new SagaSweeper(
            provider.GetService<PartitionRegister>() ?? throw new InvalidOperationException("Sagas are swept by the outbox's register: call AddOutbox() too."),
            provider.GetRequiredService<OpenSagas>(),
            provider.GetRequiredService<SagaTransitions>(),
            provider.GetRequiredService<RowWriter>(),
            provider.GetRequiredService<IOptions<SagaOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SagaSweeper>>()));
        builder.Services.AddSingleton<IHostedService>(NewLoop);
        builder.Services.AddSingleton(provider => new SagaRunner(
            provider.GetRequiredService<SagaDefinitions>(),
            provider.GetRequiredService<SagaTransitions>(),
            provider.GetRequiredService<ParkedSagaIndex>(),
            provider.GetRequiredService<IOptions<SagaOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SagaRunner>>()));
        builder.Services.AddSingleton(provider => new ParkedSagas(
            provider.GetRequiredService<SagaDefinitions>(),
            provider.GetRequiredService<SagaTransitions>(),
            provider.GetRequiredService<ParkedSagaIndex>(),
            provider.GetRequiredService<TimeProvider>()));
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

    private static SweepLoop NewLoop(IServiceProvider provider)
    {
        // Resolved here and not in the loop, which may outlive the provider of an app that fails to start.
        var sweeper = provider.GetService<PartitionRegister>() is null ? null : provider.GetRequiredService<SagaSweeper>();
        return new SweepLoop(
            token => sweeper?.SweepAsync(token) ?? Task.CompletedTask,

            // Where the outbox is swept by something else, a loop in this process would stand still with it, or has no place at all.
            provider.GetRequiredService<IOptions<OutboxOptions>>().Value.SweepInterval == TimeSpan.Zero ? TimeSpan.Zero : provider.GetRequiredService<IOptions<SagaOptions>>().Value.SweepInterval,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SweepLoop>>());
    }
}
