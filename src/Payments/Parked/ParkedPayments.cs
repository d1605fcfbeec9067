using Payments.Partitions;
using Payments.Undecided;

namespace Payments.Parked;

/// <summary>The payments of a merchant whose outcome nobody knows.</summary>
internal sealed class ParkedPayments(UndecidedPayments undecided, UndecidedPaymentOperation operation)
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

        return views;
    }
}
