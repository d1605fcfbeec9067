using Payments.Events;
using Payments.Gateway;
using Payments.Ledger;
using Payments.Partitions;
using Payments.State;
using Payments.Transitions;
using ServerlessIdempotency.Rows;

namespace Payments.Capturing;

/// <summary>Takes the money that a payment only reserved.</summary>
internal sealed class CapturePayment : PaymentTransition
{
    public override string Name => "capture";

    public override IReadOnlyList<PaymentStatus> From { get; } = [PaymentStatus.Authorized];

    public override PaymentStatus To => PaymentStatus.Captured;

    public override string EventType => PaymentEventType.Captured;

    public override Task<TransitionOutcome> AskAsync(IPaymentGateway gateway, string reference, string key, CancellationToken cancellationToken) =>
        gateway.CaptureAsync(reference, key, cancellationToken);

    public override IReadOnlyList<RowWrite> Book(MerchantId merchant, Payment payment, DateTimeOffset at) => DoubleEntry.Capture(merchant, payment, at);
}
