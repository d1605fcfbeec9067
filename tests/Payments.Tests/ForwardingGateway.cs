using Payments.Gateway;

namespace Payments.Tests;

/// <summary>Passes every call on; a fault or a pause overrides one.</summary>
internal abstract class ForwardingGateway(IPaymentGateway inner) : IPaymentGateway
{
    public virtual Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken) => inner.ChargeAsync(request, cancellationToken);

    public Task<PreventOutcome> PreventAsync(ChargeRequest request, CancellationToken cancellationToken) => inner.PreventAsync(request, cancellationToken);

    public Task<GatewayCharge?> FindAsync(string accountId, string key, CancellationToken cancellationToken) => inner.FindAsync(accountId, key, cancellationToken);

    public virtual Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken) => inner.CaptureAsync(reference, key, cancellationToken);

    public Task<TransitionOutcome> RefundAsync(string reference, string key, CancellationToken cancellationToken) => inner.RefundAsync(reference, key, cancellationToken);

    public Task<TransitionOutcome> FindRefundAsync(string reference, CancellationToken cancellationToken) => inner.FindRefundAsync(reference, cancellationToken);

    public Task<TransitionOutcome> VoidAsync(string reference, string key, CancellationToken cancellationToken) => inner.VoidAsync(reference, key, cancellationToken);
}
