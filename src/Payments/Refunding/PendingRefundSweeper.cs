using Payments.State;
using ServerlessIdempotency.Rows;

namespace Payments.Refunding;

/// <summary>Looks again at refunds that were not done at once. One that came to nothing stays noted, for a person to see, until it was asked for again and is done.</summary>
internal sealed class PendingRefundSweeper(PendingRefunds pending, RefundSettlement settlement, PaymentReader payments, TimeProvider timeProvider)
{
    // One run has an end, also where the gateway is away for thousands of refunds.
    private const int MaxLooks = 200;

    // Longer than any refund that is about to be committed after its note.
    private static readonly TimeSpan StrayNotesKept = TimeSpan.FromDays(1);

    /// <summary>Looks once at each that is due.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; the next run goes on.</exception>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var looks = 0;
        await foreach (var (refund, etag) in pending.ListAsync(merchant: null, cancellationToken))
        {
            var now = timeProvider.GetUtcNow();
            if (refund.LookAt > now)
            {
                continue;
            }

            if (looks++ == MaxLooks)
            {
                break;
            }

            await LookAsync(refund, etag, now, cancellationToken);
        }
    }

    private async Task LookAsync(PendingRefund refund, string etag, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await payments.FindAsync(refund.Merchant, refund.Payment, cancellationToken);
        var reason = found is ({ Status: PaymentStatus.Refunding } payment, _)
            ? await settlement.SettleAsync(refund.Merchant, refund.Payment, payment, cancellationToken)
            : refund.Reason;
        var status = reason is null ? (await payments.FindAsync(refund.Merchant, refund.Payment, cancellationToken))?.Payment.Status : found?.Payment.Status;
        switch (status)
        {
            case PaymentStatus.Refunded:
            case not (PaymentStatus.Refunding or PaymentStatus.RefundFailed) when now - refund.Since > StrayNotesKept:
                await pending.RemoveAsync(refund, etag, cancellationToken);
                break;
            default:
                await pending.PutOffAsync(refund.Later(reason ?? refund.Reason, now), etag, cancellationToken);
                break;
        }
    }
}
