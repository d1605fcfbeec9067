using Payments.Gateway;

namespace Payments.Tests;

/// <summary>Lets others go first at the first capture.</summary>
internal sealed class LateGateway(IPaymentGateway inner) : ForwardingGateway(inner)
{
    public Func<Task>? BeforeFirstCapture { get; set; }

    public override async Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken)
    {
        if (BeforeFirstCapture is { } before)
        {
            BeforeFirstCapture = null;
            await before();
        }

        return await base.CaptureAsync(reference, key, cancellationToken);
    }
}
