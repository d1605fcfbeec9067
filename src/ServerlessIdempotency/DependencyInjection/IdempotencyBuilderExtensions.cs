using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Purge;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sweeping;
using ServerlessIdempotency.Telemetry;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.DependencyInjection;

/// <summary>Adds to what <c>AddIdempotency</c> registers: the outbox, the purge.</summary>
public static class IdempotencyBuilderExtensions
{
    /// <summary>
    /// Adds the outbox: handlers may send messages, which are committed with the operation and sent after it. The app must register an
    /// <see cref="IMessageSender"/>.
    /// </summary>
    /// <param name="builder">What <c>AddIdempotency</c> returned.</param>
    /// <param name="configure">Changes the defaults; what is out of range stops the app at its start with a sentence that names the setting.</param>
    public static IdempotencyBuilder AddOutbox(this IdempotencyBuilder builder, Action<OutboxOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddValidatedOptions(configure, options => options.Validate());
        if (services.Any(service => service.ServiceType == typeof(IOutbox)))
        {
            return builder;
        }

        services.AddSingleton<IPostConfigureOptions<OutboxOptions>>(provider => new PostConfigureOptions<OutboxOptions>(Options.DefaultName, options => options.AppName = AppNames.Of(options.AppName, provider)));
        services.AddSingleton<PartitionRegister>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<OutboxFlusher>(
            provider,
            provider.GetService<IMessageSender>() ?? throw new InvalidOperationException("The outbox has no way to the broker: register an IMessageSender beside AddOutbox().")));
        services.AddSingleton(provider => new OutboxDispatcher(
            provider.GetRequiredService<OutboxFlusher>(),
            provider.GetRequiredService<OutboxOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OutboxDispatcher>>()));
        services.AddSingleton(provider => new OutboxSweeper(
            provider.GetRequiredService<PartitionRegister>(),
            provider.GetRequiredService<OutboxFlusher>(),
            provider.GetServices<IUnfinishedWork>(),
            provider.GetRequiredService<OutboxOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OutboxSweeper>>(),
            provider.GetService<IdempotencyMetrics>()));
        services.AddSingleton<IOutbox, RowOutbox>();
        services.AddSingleton<IOutboxAdministration, OutboxAdministration>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<OutboxDispatcher>());
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<SweepLoop>(
            provider, (Func<CancellationToken, Task>)provider.GetRequiredService<OutboxSweeper>().SweepAsync, provider.GetRequiredService<OutboxOptions>().SweepInterval));
        return builder;
    }

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
