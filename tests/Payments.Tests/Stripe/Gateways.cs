using Payments.Gateway.Stripe;
using Stripe;

namespace Payments.Tests.Stripe;

internal static class Gateways
{
    /// <summary>The gateway over a network that is a double. Stripe's client repeats nothing by itself.</summary>
    public static StripePaymentGateway Over(HttpMessageHandler network, TimeProvider timeProvider) => new(
        new StripeClient(new StripeClientOptions
        {
            ApiKey = "sk_test_not_a_key",
            HttpClient = new SystemNetHttpClient(new HttpClient(network, disposeHandler: false), maxNetworkRetries: 0, enableTelemetry: false),
        }),
        timeProvider);
}
