using Payments.Partitions;
using Payments.Refunding;
using Payments.State;
using Payments.Undecided;

namespace Payments.Parked;

/// <summary>The payments of a merchant whose outcome nobody knows, and those whose refund came to nothing.</summary>
internal sealed class ParkedPayments(UndecidedPayments undecided, UndecidedPaymentOperation operation, PendingRefunds refunds, PaymentReader payments)
{
    private static readonly string[] Decisions = [PaymentDecisionWords.Captured, PaymentDecisionWords.NotCharged];

    public async Task<IReadOnlyList<ParkedView>> ListAsync(MerchantId merchant, CancellationToken cancellationToken)
    {
        var views = new List<ParkedView>();
        await foreach (var (payment, _) in undecided.ListAsync(merchant, cancellationToken))
        {
            if (!await operation.IsAnsweredAsync(payment, cancellationToken))
            {
                views.Add(new ParkedView(payment.Id.Value, OrderId: null, payment.Id.Value, "charge", "payment", payment.Reason, payment.Since, Decisions));
            }
        }

        await foreach (var (refund, _) in refunds.ListAsync(merchant, cancellationToken))
        {
            if (await payments.FindAsync(merchant, refund.Payment, cancellationToken) is ({ Status: PaymentStatus.RefundFailed }, _))
            {
                // What there is to do is to ask for it again, or to give the money back another way.
                views.Add(new ParkedView(refund.Payment.Value, OrderId: null, refund.Payment.Value, "refund", "refund", $"The refund came to nothing. {refund.Reason}", refund.Since, []));
            }
        }

        return views;
    }
}
