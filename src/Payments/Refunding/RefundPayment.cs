using Payments.Events;
using Payments.Gateway;
using Payments.Ledger;
using Payments.Partitions;
using Payments.State;
using Payments.Transitions;
using ServerlessIdempotency.Rows;

namespace Payments.Refunding;

/// <summary>Gives the whole of a captured payment back.</summary>
internal sealed class RefundPayment : PaymentTransition
{
    public override string Name => "refund";

    public override IReadOnlyList<PaymentStatus> From { get; } = [PaymentStatus.Captured, PaymentStatus.RefundFailed];

    public override PaymentStatus To => PaymentStatus.Refunded;

    public override PaymentStatus? Meanwhile => PaymentStatus.Refunding;

    public override string EventType => PaymentEventType.Refunded;

    public override Task<TransitionOutcome> AskAsync(IPaymentGateway gateway, string reference, string key, CancellationToken cancellationToken) =>
        gateway.RefundAsync(reference, key, cancellationToken);

    public override IReadOnlyList<RowWrite> Book(MerchantId merchant, Payment payment, DateTimeOffset at) => DoubleEntry.Refund(merchant, payment, at);
}
