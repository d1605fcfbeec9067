using Microsoft.Extensions.DependencyInjection.Extensions;
using ServerlessIdempotency.Inbox;
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
        builder.Services.TryAddSingleton<MessageInbox>();
        builder.Services.TryAddSingleton<RedeliveryPolicy>();
        return builder;
    }
}
