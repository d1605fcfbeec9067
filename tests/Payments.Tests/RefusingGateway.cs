using Payments.Gateway;

namespace Payments.Tests;

/// <summary>Refuses every capture.</summary>
internal sealed class RefusingGateway(IPaymentGateway inner) : ForwardingGateway(inner)
{
    public int Asked { get; private set; }

    public override Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken)
    {
        Asked++;
        return Task.FromResult<TransitionOutcome>(new TransitionOutcome.Refused("It is refused."));
    }
}
