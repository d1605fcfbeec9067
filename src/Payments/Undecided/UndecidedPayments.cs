using System.Runtime.CompilerServices;
using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.Undecided;

/// <summary>The notes of undecided payments.</summary>
/// <remarks>
/// No transaction can share a partition with the payments. So a payment is noted before its caller is told, what its record says is what counts, and the note of one that is decided
/// by now is removed by whoever meets it.
/// </remarks>
internal sealed class UndecidedPayments(RowWriter writer)
{
    // What a column takes, with room to spare.
    private const int MaxReason = 1_000;

    /// <exception cref="StoreUnavailableException">The store did not answer: the note may be there.</exception>
    public async Task NoteAsync(UndecidedPayment payment, CancellationToken cancellationToken)
    {
        var address = UndecidedPaymentRow.AddressOf(payment.Merchant, payment.Id);

        // Where an earlier attempt has noted it, so much the better.
        await writer.WriteAsync(address.Partition, [RowWrite.Insert(address.RowKey, UndecidedPaymentRow.ToValues(Short(payment)))], cancellationToken);
    }

    /// <param name="merchant">Whose; null for everybody's.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    public async IAsyncEnumerable<(UndecidedPayment Payment, string ETag)> ListAsync(MerchantId? merchant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var partition in UndecidedPaymentRow.Partitions)
        {
            var query = new RowQuery(partition, merchant is { } only ? UndecidedPaymentRow.PrefixOf(only) : "");
            await foreach (var row in writer.Store.QueryAsync(query, cancellationToken))
            {
                yield return (UndecidedPaymentRow.ToPayment(row), row.ETag);
            }
        }
    }

    public async Task<(UndecidedPayment Payment, string ETag)?> FindAsync(MerchantId merchant, PaymentId id, CancellationToken cancellationToken) =>
        await writer.Store.ReadAsync(UndecidedPaymentRow.AddressOf(merchant, id), cancellationToken) is { } row ? (UndecidedPaymentRow.ToPayment(row), row.ETag) : null;

    /// <summary>Notes what a look found. Where another one was here meanwhile, that stands.</summary>
    public Task PutOffAsync(UndecidedPayment payment, string etag, CancellationToken cancellationToken)
    {
        var address = UndecidedPaymentRow.AddressOf(payment.Merchant, payment.Id);
        return writer.WriteAsync(address.Partition, [RowWrite.Replace(address.RowKey, UndecidedPaymentRow.ToValues(Short(payment)), etag)], cancellationToken);
    }

    public Task RemoveAsync(UndecidedPayment payment, string etag, CancellationToken cancellationToken)
    {
        var address = UndecidedPaymentRow.AddressOf(payment.Merchant, payment.Id);
        return writer.WriteAsync(address.Partition, [RowWrite.Delete(address.RowKey, etag)], cancellationToken);
    }

    private static UndecidedPayment Short(UndecidedPayment payment) => payment.Reason.Length <= MaxReason ? payment : payment with { Reason = payment.Reason[..MaxReason] };
}
