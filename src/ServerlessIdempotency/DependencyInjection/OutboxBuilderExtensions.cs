using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Sweeping;
using ServerlessIdempotency.Validation;

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
        services.AddValidatedOptions(configure, options => options.Validate());
        if (services.Any(service => service.ServiceType == typeof(IOutbox)))
        {
            return builder;
        }

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
            provider.GetRequiredService<ILogger<OutboxSweeper>>()));
        services.AddSingleton<IOutbox, RowOutbox>();
        services.AddSingleton<IOutboxAdministration, OutboxAdministration>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<OutboxDispatcher>());
        services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<SweepLoop>(
            provider, (Func<CancellationToken, Task>)provider.GetRequiredService<OutboxSweeper>().SweepAsync, provider.GetRequiredService<OutboxOptions>().SweepInterval));
        return builder;
    }
}
