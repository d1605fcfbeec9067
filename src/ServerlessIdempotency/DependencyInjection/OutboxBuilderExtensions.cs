using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Sweeping;

namespace ServerlessIdempotency.DependencyInjection;

/// <summary>Registers the outbox.</summary>
public static class OutboxBuilderExtensions
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
        services.AddOptions<OutboxOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OutboxOptions>, OutboxOptionsValidation>());
        if (services.Any(service => service.ServiceType == typeof(IOutbox)))
        {
            return builder;
        }

        services.AddSingleton(provider => new PartitionRegister(
            provider.GetRequiredService<IRowStore>(), Options(provider), Time(provider), provider.GetRequiredService<ILogger<PartitionRegister>>()));
        services.AddSingleton(provider => new OutboxFlusher(
            provider.GetRequiredService<RowWriter>(),
            provider.GetService<IMessageSender>() ?? throw new InvalidOperationException("The outbox has no way to the broker: register an IMessageSender beside AddOutbox()."),
            provider.GetRequiredService<PartitionRegister>(),
            Options(provider),
            Time(provider),
            provider.GetRequiredService<ILogger<OutboxFlusher>>()));
        services.AddSingleton(provider => new OutboxDispatcher(
            provider.GetRequiredService<OutboxFlusher>(), Options(provider), Time(provider), provider.GetRequiredService<ILogger<OutboxDispatcher>>()));
        services.AddSingleton(provider => new OutboxSweeper(
            provider.GetRequiredService<PartitionRegister>(),
            provider.GetRequiredService<OutboxFlusher>(),
            provider.GetServices<IUnfinishedWork>(),
            Options(provider),
            Time(provider),
            provider.GetRequiredService<ILogger<OutboxSweeper>>()));
        services.AddSingleton<IOutbox>(provider => new RowOutbox(
            provider.GetRequiredService<PartitionRegister>(), provider.GetRequiredService<OutboxDispatcher>(), Time(provider)));
        services.AddSingleton<IOutboxAdministration>(provider => new OutboxAdministration(
            provider.GetRequiredService<RowWriter>(), provider.GetRequiredService<PartitionRegister>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<OutboxDispatcher>());
        services.AddSingleton<IHostedService>(provider => new SweepLoop(
            provider.GetRequiredService<OutboxSweeper>().SweepAsync, Options(provider).SweepInterval, Time(provider), provider.GetRequiredService<ILogger<SweepLoop>>()));
        return builder;

        static OutboxOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<OutboxOptions>>().Value;
        static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();
    }
}
