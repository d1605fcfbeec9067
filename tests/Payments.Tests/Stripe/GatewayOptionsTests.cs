using Microsoft.Extensions.Options;
using Payments.Gateway;
using Payments.Gateway.Stripe;

namespace Payments.Tests.Stripe;

public sealed class GatewayOptionsTests
{
    [Theory]
    [InlineData("", "Stripe:ApiKey is empty")]
    [InlineData(" ", "Stripe:ApiKey is empty")]
    [InlineData("sk_test_1", null)]
    public void Stripe_needs_the_key_itself(string key, string? fault) => Assert.Equal(fault is null, Validate(GatewayKind.Stripe, key, fault ?? "").Succeeded);

    [Fact]
    public void The_simulated_gateway_needs_none() => Assert.True(Validate(GatewayKind.Simulated, "", "").Succeeded);

    private static ValidateOptionsResult Validate(GatewayKind kind, string key, string fault)
    {
        var result = new GatewayOptionsValidation(Options.Create(new StripeOptions { ApiKey = key })).Validate(name: null, new GatewayOptions { Kind = kind });
        Assert.Contains(fault, result.FailureMessage ?? "", StringComparison.Ordinal);
        return result;
    }
}
