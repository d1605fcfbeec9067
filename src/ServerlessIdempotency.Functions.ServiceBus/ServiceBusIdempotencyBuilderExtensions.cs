using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Functions.ServiceBus.Batches;
using ServerlessIdempotency.Functions.ServiceBus.Messages;
using ServerlessIdempotency.Functions.Worker;

namespace ServerlessIdempotency.Functions.ServiceBus;

/// <summary>Makes Service Bus functions idempotent.</summary>
public static class ServiceBusIdempotencyBuilderExtensions
{
    /// <summary>
    /// Adds what <see cref="IdempotentAttribute"/> on a Service Bus function needs, and calls <c>UseIdempotency()</c> where the app has not done so. The place of the
    /// middleware is that of the first of the two calls.
    /// </summary>
    /// <param name="builder">The app's builder.</param>
    public static FunctionsApplicationBuilder UseServiceBusIdempotency(this FunctionsApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.UseIdempotency();
        new IdempotencyBuilder(builder.Services).AddInbox();
        builder.Services.TryAddSingleton<MessageExecution>();
        builder.Services.TryAddSingleton<BatchExecution>();
        builder.Services.TryAddSingleton<BatchSettlement>();
        builder.Services.TryAddSingleton<BatchSession>();
        builder.Services.TryAddSingleton<BatchInvocation>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IIdempotentTrigger, ServiceBusFunctionTrigger>());
        return builder;
    }
}
