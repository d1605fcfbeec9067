using Microsoft.Extensions.Options;
using Payments.Gateway.Stripe;

namespace Payments.Gateway;

internal sealed class GatewayOptionsValidation(IOptions<StripeOptions> stripe) : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options) => options.Kind switch
    {
        null or GatewayKind.Simulated => ValidateOptionsResult.Success,
        GatewayKind.Stripe when string.IsNullOrWhiteSpace(stripe.Value.ApiKey) =>
            ValidateOptionsResult.Fail("Gateway:Kind is Stripe but Stripe:ApiKey is empty: set it to the account's secret key."),
        GatewayKind.Stripe => ValidateOptionsResult.Success,
        _ => ValidateOptionsResult.Fail($"Gateway:Kind is {options.Kind}: set it to Simulated or Stripe."),
    };
}
