using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Payments.Accounts;
using Payments.Api;
using Payments.DeadLetters;
using Payments.Orders;
using Payments.Problems;
using Payments.Queues;
using Payments.Receipts;
using Payments.Unsent;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Inbox;
using ServerlessIdempotency.Inbox.DeadLetters;
using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Validation;

namespace Payments.DependencyInjection;

/// <summary>Registers what payments send and what they take from queues.</summary>
internal static class PaymentMessagesBuilderExtensions
{
    public static IdempotencyBuilder AddPaymentMessages(this IdempotencyBuilder builder, IConfiguration configuration)
    {
        var services = builder.Services;
        services.AddValidatedOptions<SmtpOptions>(configuration.GetSection("Smtp").Bind, options => options.Validate());
        services.TryAddSingleton<StatementReader>();
        services.TryAddSingleton<IReceiptMailer>(provider => provider.GetRequiredService<IOptions<SmtpOptions>>().Value is { Host.Length: > 0 } smtp
            ? new SmtpReceiptMailer(smtp)
            : new SimulatedMailbox(provider.GetRequiredService<RowWriter>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<PaymentCommandConsumer>();
        services.TryAddSingleton<PaymentEventConsumer>();
        services.TryAddSingleton(provider => new QueueMessages(
            provider.GetRequiredService<PaymentCommandConsumer>(),
            provider.GetRequiredService<PaymentEventConsumer>(),
            provider.GetRequiredService<OrderMessages>(),
            provider.GetRequiredService<RedeliveryPolicy>()));
        services.TryAddSingleton(provider => new MessagingApi(
            provider.GetRequiredService<IdempotentHttp>(),
            provider.GetRequiredService<IOptions<HttpIdempotencyOptions>>(),
            provider.GetRequiredService<StatementReader>(),
            provider.GetRequiredService<IReceiptMailer>() as SimulatedMailbox,
            provider.GetService<IDeadLetters>(),
            new DiscardedLetters(provider.GetRequiredService<RowWriter>(), provider.GetRequiredService<TimeProvider>()),
            new UnsentMessages(provider.GetRequiredService<IOutboxAdministration>()),
            provider.GetRequiredService<PaymentProblems>(),
            provider.GetRequiredService<ILogger<MessagingApi>>()));
        return builder
            .AddOutbox(options =>
            {
                // One name for both homes: each sends what the other left.
                options.AppName = "payments";
                configuration.GetSection("Outbox").Bind(options);
            })
            .AddInbox(options => configuration.GetSection("Inbox").Bind(options));
    }
}
