using Payments.Gateway;

namespace Payments.Tests;

/// <summary>A gateway whose host can't be found.</summary>
internal sealed class UnreachableGateway(IPaymentGateway inner) : ForwardingGateway(inner)
{
    public override Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken) =>
        throw new GatewayUnavailableException("Name or service not known (api.internal:443)");
}
