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
using ServerlessIdempotency.Telemetry;
using ServerlessIdempotency.Validation;

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
        var services = builder.Services;
        services.AddValidatedOptions(configure, options => options.Validate());
        if (services.Any(service => service.ServiceType == typeof(SagaRunner)))
        {
            return builder;
        }

        services.AddSingleton<IPostConfigureOptions<SagaOptions>>(provider => new PostConfigureOptions<SagaOptions>(Options.DefaultName, options => options.AppName ??= provider.Options<OutboxOptions>().AppName));
        services.TryAddSingleton<ConditionalUpdate>();
        services.AddSingleton<SagaDefinitions>();
        services.AddSingleton<SagaTransitions>();
        services.AddSingleton<ParkedSagaIndex>();
        services.AddSingleton<IUnfinishedWork>(provider => new OpenSagas(provider.GetRequiredService<RowWriter>().Store, provider.GetRequiredService<SagaOptions>().AppName));
        services.AddSingleton(provider => new SagaSweeper(
            provider.GetService<PartitionRegister>() ?? throw new InvalidOperationException("Sagas are swept by the outbox's register: call AddOutbox() too."),
            provider.GetRequiredService<SagaDefinitions>(),
            provider.GetRequiredService<SagaTransitions>(),
            provider.GetRequiredService<ParkedSagaIndex>(),
            provider.GetRequiredService<RowWriter>(),
            provider.GetRequiredService<SagaOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SagaSweeper>>(),
            provider.GetRequiredService<IdempotencyMetrics>()));
        services.AddSingleton<IHostedService>(NewLoop);
        services.AddSingleton(provider => new SagaRunner(
            provider.GetRequiredService<SagaDefinitions>(),
            provider.GetRequiredService<SagaTransitions>(),
            provider.GetRequiredService<ParkedSagaIndex>(),
            provider.GetRequiredService<SagaOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SagaRunner>>(),
            provider.GetRequiredService<IdempotencyMetrics>()));
        services.AddSingleton(provider => new ParkedSagas(
            provider.GetRequiredService<SagaDefinitions>(),
            provider.GetRequiredService<SagaTransitions>(),
            provider.GetRequiredService<ParkedSagaIndex>(),
            provider.GetRequiredService<SagaOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ParkedSagas>>()));
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
        // Built at the app's start, so that what is wrong with a definition stops it there, like an option.
        _ = provider.GetRequiredService<SagaDefinitions>();

        // Resolved here and not in the loop, which may outlive the provider of an app that fails to start.
        var sweeper = provider.GetService<PartitionRegister>() is null ? null : provider.GetRequiredService<SagaSweeper>();
        return new SweepLoop(
            token => sweeper?.SweepAsync(token) ?? Task.CompletedTask,

            // Where the outbox is swept by something else, a loop in this process would stand still with it, or has no place at all.
            provider.Options<OutboxOptions>().SweepInterval == TimeSpan.Zero ? TimeSpan.Zero : provider.GetRequiredService<SagaOptions>().SweepInterval,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SweepLoop>>());
    }
}
