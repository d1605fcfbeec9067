using Payments.Receipts;
using ServerlessIdempotency.Testing.Proofs;

namespace Payments.Proof.Tests.Outside;

/// <summary>The way to the mail system, which drops by its Message-ID what came before.</summary>
internal sealed class OutsideMailer(ProofProcess process) : IReceiptMailer
{
    public const string Effect = "receipt";

    public Task SendAsync(Receipt receipt, CancellationToken cancellationToken) =>
        process.Outside.CallAsync(Effect, receipt.MessageId, () => true, cancellationToken);
}
