using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Payments.Api;
using Payments.Creating;
using Payments.Gateway;
using Payments.Gateway.Simulated;
using Payments.Gateway.Stripe;
using Payments.Partitions;
using Payments.Problems;
using Payments.State;
using Payments.Transitions;
using Payments.Undecided;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.DependencyInjection;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Validation;
using Stripe;

namespace Payments.DependencyInjection;

/// <summary>Registers the app.</summary>
internal static class PaymentsServiceCollectionExtensions
{
    /// <summary>
    /// The key under which the simulated gateway's own <see cref="IRowStore"/> is registered. Unless the host registers one first, it is the app's store:
    /// another table of it, never another write of ours.
    /// </summary>
    public const string GatewayStoreKey = "simulated-gateway";

    private const string StripeHttpClient = "Stripe";

    /// <summary>
    /// Adds payments with the engine and the HTTP contract, set by the configuration sections <c>Idempotency</c>, <c>RowWriter</c>, <c>Payments</c>, <c>Gateway</c>, <c>Stripe</c>,
    /// <c>Orders</c>, <c>Sagas</c>, <c>Outbox</c>, <c>Inbox</c> and <c>Smtp</c>. What is out of range stops the app at its start with a sentence that names the setting. A store must follow, for example <c>AddTableStorage</c>,
    /// and the host registers an <c>IMessageSender</c>, its way to the broker.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <param name="configureHttp">Changes the HTTP contract's defaults in code, for example who the principal is.</param>
    public static IdempotencyBuilder AddPayments(this IServiceCollection services, IConfiguration configuration, Action<HttpIdempotencyOptions>? configureHttp = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);

        services.AddValidatedOptions<PaymentsOptions>(configuration.GetSection("Payments").Bind, options => options.Validate());
        services.TryAddSingleton(provider => new ShardMap(provider.GetRequiredService<IOptions<PaymentsOptions>>().Value));
        services.TryAddSingleton(provider => new PaymentProblems(provider.GetRequiredService<IOptions<HttpIdempotencyOptions>>().Value.ProblemTypeBase));
        services.TryAddSingleton(provider => new PaymentReader(
            provider.GetRequiredService<IRowStore>(), provider.GetRequiredService<IOptions<PaymentsOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<CreatePaymentOperation>();
        services.TryAddSingleton<CreatePaymentHandler>();
        services.TryAddSingleton<ChargeInquiry>();
        services.TryAddSingleton<PaymentTransitionHandler>();
        services.TryAddSingleton(provider => new PaymentsApi(
            provider.GetRequiredService<IdempotentHttp>(),
            provider.GetRequiredService<IOptions<HttpIdempotencyOptions>>(),
            provider.GetRequiredService<CreatePaymentOperation>(),
            provider.GetRequiredService<PaymentCreation>(),
            provider.GetRequiredService<PaymentTransitionHandler>(),
            provider.GetRequiredService<PaymentReader>(),
            provider.GetRequiredService<PaymentProblems>(),
            provider.GetRequiredService<IPaymentGateway>() as ISimulatedCharges));
        services.AddUndecidedPayments();
        AddGateway(services, configuration);
        services.AddOptions<RowWriterOptions>().Bind(configuration.GetSection("RowWriter"));

        return services
            .AddIdempotency(options => configuration.GetSection("Idempotency").Bind(options))
            .AddOrders(configuration)
            .AddPaymentMessages(configuration)
            .AddHttp(options =>
            {
                configuration.GetSection("Idempotency:Http").Bind(options);
                configureHttp?.Invoke(options);
            });
    }

    private static void AddGateway(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GatewayOptions>().Bind(configuration.GetSection("Gateway")).ValidateOnStart();
        services.AddOptions<StripeOptions>().Bind(configuration.GetSection("Stripe"));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidation>());
        services.AddHttpClient(StripeHttpClient);
        services.TryAddKeyedSingleton(GatewayStoreKey, (provider, _) => provider.GetRequiredService<IRowStore>());
        services.TryAddSingleton<IPaymentGateway>(provider => provider.GetRequiredService<IOptions<GatewayOptions>>().Value.Kind switch
        {
            GatewayKind.Stripe => new StripePaymentGateway(CreateStripeClient(provider), provider.GetRequiredService<TimeProvider>()),
            _ => new SimulatedPaymentGateway(
                new RowWriter(
                    provider.GetRequiredKeyedService<IRowStore>(GatewayStoreKey),
                    provider.GetRequiredService<IOptions<RowWriterOptions>>().Value,
                    provider.GetRequiredService<TimeProvider>()),
                provider.GetRequiredService<TimeProvider>()),
        });
    }

    // Stripe's client repeats a call whose connection failed, each time under the same idempotency key.
    private static StripeClient CreateStripeClient(IServiceProvider provider) => new(new StripeClientOptions
    {
        ApiKey = provider.GetRequiredService<IOptions<StripeOptions>>().Value.ApiKey,
        HttpClient = new SystemNetHttpClient(provider.GetRequiredService<IHttpClientFactory>().CreateClient(StripeHttpClient), maxNetworkRetries: 2),
    });
}
