using Payments.Gateway;

namespace Payments.Proof.Tests.Creating;

/// <summary>A mistake: to look for a charge and to find none decided is taken for its end, and nothing keeps it out.</summary>
internal sealed class LooksOnlyGateway(IPaymentGateway inner) : IPaymentGateway
{
    public async Task<PreventOutcome> PreventAsync(ChargeRequest request, CancellationToken cancellationToken) =>
        await inner.FindAsync(request.AccountId, request.Key, cancellationToken) is { Status: not GatewayChargeStatus.Pending } charge
            ? new PreventOutcome.Charged(charge)
            : new PreventOutcome.Prevented();

    public Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken) => inner.ChargeAsync(request, cancellationToken);

    public Task<GatewayCharge?> FindAsync(string accountId, string key, CancellationToken cancellationToken) => inner.FindAsync(accountId, key, cancellationToken);

    public Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken) => inner.CaptureAsync(reference, key, cancellationToken);

    public Task<TransitionOutcome> RefundAsync(string reference, string key, CancellationToken cancellationToken) => inner.RefundAsync(reference, key, cancellationToken);

    public Task<TransitionOutcome> FindRefundAsync(string reference, CancellationToken cancellationToken) => inner.FindRefundAsync(reference, cancellationToken);

    public Task<TransitionOutcome> VoidAsync(string reference, string key, CancellationToken cancellationToken) => inner.VoidAsync(reference, key, cancellationToken);
}
