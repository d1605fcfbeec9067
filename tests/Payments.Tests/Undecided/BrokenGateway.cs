using Payments.Gateway;

namespace Payments.Tests.Undecided;

/// <summary>Charges, and then its client has a fault.</summary>
internal sealed class BrokenGateway(IPaymentGateway inner) : ForwardingGateway(inner)
{
    public override async Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken)
    {
        await base.ChargeAsync(request, cancellationToken);
        throw new InvalidOperationException("The client can't read the answer.");
    }
}
