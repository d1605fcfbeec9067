using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Payments.Orders;
using Payments.Parked;
using Payments.Problems;
using Payments.Queues;
using Payments.Stock;
using Payments.Undecided;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Inbox.DeadLetters;
using ServerlessIdempotency.Sagas;
using ServerlessIdempotency.Validation;

namespace Payments.DependencyInjection;

/// <summary>Registers orders, stock and parked work. The host adds the outbox: without it no order would go on.</summary>
internal static class OrdersBuilderExtensions
{
    public static IdempotencyBuilder AddOrders(this IdempotencyBuilder builder, IConfiguration configuration)
    {
        var services = builder.Services;
        services.AddValidatedOptions<OrderOptions>(configuration.GetSection("Orders").Bind, options => options.Validate());
        services.TryAddSingleton<StockRoom>();
        services.TryAddSingleton<ReserveStockStep>();
        services.TryAddSingleton<ChargeStep>();
        services.TryAddSingleton<ConfirmStep>();
        services.TryAddSingleton(provider => new PlaceOrderOperation(provider.GetRequiredService<IOptions<PaymentsOptions>>().Value));
        services.TryAddSingleton<PlaceOrderHandler>();
        services.TryAddSingleton<OrderReader>();
        services.TryAddSingleton<OrderMessages>();
        services.TryAddSingleton(provider => new OrderResumption(
            provider.GetRequiredService<SagaRunner>(), provider.GetService<IDeadLetters>(), provider.GetRequiredService<ILogger<OrderResumption>>()));
        services.TryAddSingleton<ParkedOrders>();
        services.TryAddSingleton(provider => new OrdersApi(
            provider.GetRequiredService<IdempotentHttp>(),
            provider.GetRequiredService<IOptions<HttpIdempotencyOptions>>(),
            provider.GetRequiredService<PlaceOrderOperation>(),
            provider.GetRequiredService<PlaceOrderHandler>(),
            provider.GetRequiredService<OrderReader>(),
            provider.GetRequiredService<PaymentProblems>()));
        services.TryAddSingleton(provider => new StockApi(
            provider.GetRequiredService<IdempotentHttp>(), provider.GetRequiredService<IOptions<HttpIdempotencyOptions>>(), provider.GetRequiredService<StockRoom>(), provider.GetRequiredService<PaymentProblems>()));
        services.TryAddSingleton(provider => new ParkedApi(
            provider.GetRequiredService<IdempotentHttp>(),
            provider.GetRequiredService<IOptions<HttpIdempotencyOptions>>(),
            provider.GetRequiredService<ParkedOrders>(),
            provider.GetRequiredService<ParkedPayments>(),
            provider.GetRequiredService<UndecidedPaymentDecisions>(),
            provider.GetRequiredService<PaymentProblems>()));
        return builder
            .AddSagas(options =>
            {
                configuration.GetSection("Sagas").Bind(options);
                options.AdvanceQueue = PaymentsQueues.Orders;
            })
            .AddSaga<OrderSaga>();
    }
}
