using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Telemetry;
using ServerlessIdempotency.Validation;

namespace ServerlessIdempotency.DependencyInjection;

/// <summary>Registers the inbox.</summary>
public static class InboxBuilderExtensions
{
    /// <summary>Adds the inbox: consumers apply each event once, however often its message is delivered.</summary>
    /// <param name="builder">What <c>AddIdempotency</c> returned.</param>
    /// <param name="configure">Changes the defaults; a retention that a duplicate could outlive stops the app at its start with a sentence that names both numbers.</param>
    public static IdempotencyBuilder AddInbox(this IdempotencyBuilder builder, Action<InboxOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddValidatedOptions(configure, options => options.Validate());
        builder.Services.TryAddSingleton(provider => new MessageInbox(
            provider.GetRequiredService<RowWriter>(),
            provider.GetRequiredService<IdempotencyEngine>(),
            provider.GetRequiredService<InboxOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<MessageInbox>>(),
            provider.GetService<IOutbox>()));
        builder.Services.TryAddSingleton(provider => new RedeliveryPolicy(
            provider.GetRequiredService<InboxOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedeliveryPolicy>>(),
            provider.GetRequiredService<IdempotencyMetrics>()));
        return builder;
    }
}
