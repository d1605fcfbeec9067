using Microsoft.Extensions.Options;
using Payments.Gateway.Stripe;

namespace Payments.Gateway;

internal sealed class GatewayOptionsValidation(IOptions<StripeOptions> stripe) : IValidateOptions<GatewayOptions>
{
    // What App Service hands on where it could not read the secret.
    private const string Reference = "@Microsoft.KeyVault(";

    public ValidateOptionsResult Validate(string? name, GatewayOptions options) => options.Kind switch
    {
        null or GatewayKind.Simulated => ValidateOptionsResult.Success,
        GatewayKind.Stripe when string.IsNullOrWhiteSpace(stripe.Value.ApiKey) =>
            ValidateOptionsResult.Fail("Gateway:Kind is Stripe but Stripe:ApiKey is empty: set it to the account's secret key."),
        GatewayKind.Stripe when stripe.Value.ApiKey.StartsWith(Reference, StringComparison.OrdinalIgnoreCase) =>
            ValidateOptionsResult.Fail("Stripe:ApiKey is a reference to a secret that could not be read: put the secret into the vault and give the app's identity the role Key Vault Secrets User on it."),
        GatewayKind.Stripe => ValidateOptionsResult.Success,
        _ => ValidateOptionsResult.Fail($"Gateway:Kind is {options.Kind}: set it to Simulated or Stripe."),
    };
}
