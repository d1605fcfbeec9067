using Payments.Gateway;
using ServerlessIdempotency.Testing.Proofs;

namespace Payments.Proof.Tests.Creating;

/// <summary>A mistake: a key with its executor in it, as an epoch would be.</summary>
internal sealed class ChangingKeys(ProofProcess process, IPaymentGateway inner) : IPaymentGateway
{
    public Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken) =>
        inner.ChargeAsync(request with { Key = $"{request.Key}.{process.Name}" }, cancellationToken);

    public Task<PreventOutcome> PreventAsync(ChargeRequest request, CancellationToken cancellationToken) => inner.PreventAsync(request, cancellationToken);

    public Task<GatewayCharge?> FindAsync(string accountId, string key, CancellationToken cancellationToken) => inner.FindAsync(accountId, key, cancellationToken);

    public Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken) => inner.CaptureAsync(reference, key, cancellationToken);

    public Task<TransitionOutcome> RefundAsync(string reference, string key, CancellationToken cancellationToken) => inner.RefundAsync(reference, key, cancellationToken);

    public Task<TransitionOutcome> FindRefundAsync(string reference, CancellationToken cancellationToken) => inner.FindRefundAsync(reference, cancellationToken);

    public Task<TransitionOutcome> VoidAsync(string reference, string key, CancellationToken cancellationToken) => inner.VoidAsync(reference, key, cancellationToken);
}
