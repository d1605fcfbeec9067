using System.Globalization;
using System.Runtime.CompilerServices;
using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.Refunding;

/// <summary>
/// The notes of refunds that are not done: the row <c>{merchant}|{payment}</c> of one of 16 partitions. A note stands before the payment says so; what the payment says is what counts.
/// </summary>
internal sealed class PendingRefunds(RowWriter writer)
{
    private const int Shards = 16;

    // What a column takes, with room to spare.
    private const int MaxReason = 1_000;

    /// <summary>Notes a refund, or notes it anew where an earlier one of the payment is noted.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer: the note may be there.</exception>
    public async Task NoteAsync(PendingRefund refund, CancellationToken cancellationToken)
    {
        var address = AddressOf(refund);
        var outcome = await writer.WriteAsync(address.Partition, [RowWrite.Insert(address.RowKey, ToValues(refund))], cancellationToken);
        while (outcome is CommitOutcome.Refused refused)
        {
            outcome = await writer.WriteAsync(
                address.Partition,
                [refused.Current is { } current ? RowWrite.Replace(address.RowKey, ToValues(refund), current.ETag) : RowWrite.Insert(address.RowKey, ToValues(refund))],
                cancellationToken);
        }
    }

    /// <param name="merchant">Whose; null for everybody's.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    public async IAsyncEnumerable<(PendingRefund Refund, string ETag)> ListAsync(MerchantId? merchant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var shard = 0; shard < Shards; shard++)
        {
            await foreach (var row in writer.Store.QueryAsync(new RowQuery(PartitionOf(shard), merchant is { } only ? PrefixOf(only) : ""), cancellationToken))
            {
                yield return (ToRefund(row), row.ETag);
            }
        }
    }

    /// <summary>Notes what a look found. Where another one was here meanwhile, or the refund was asked for again, that stands.</summary>
    public Task PutOffAsync(PendingRefund refund, string etag, CancellationToken cancellationToken)
    {
        var address = AddressOf(refund);
        return writer.WriteAsync(address.Partition, [RowWrite.Replace(address.RowKey, ToValues(refund), etag)], cancellationToken);
    }

    public Task RemoveAsync(PendingRefund refund, string etag, CancellationToken cancellationToken)
    {
        var address = AddressOf(refund);
        return writer.WriteAsync(address.Partition, [RowWrite.Delete(address.RowKey, etag)], cancellationToken);
    }

    private static RowAddress AddressOf(PendingRefund refund) => PartitionOf(refund.Payment.Shard % Shards).Row(PrefixOf(refund.Merchant) + refund.Payment.Value);

    private static string PrefixOf(MerchantId merchant) => $"{merchant.Value}|";

    // A payment's partition ends with two hex digits.
    private static PartitionAddress PartitionOf(int shard) => new(PaymentsTables.Payments, string.Create(CultureInfo.InvariantCulture, $"refunding~{shard:x}"));

    private static Dictionary<string, object> ToValues(PendingRefund refund) => new()
    {
        ["Merchant"] = refund.Merchant.Value,
        ["PaymentId"] = refund.Payment.Value,
        ["Reason"] = refund.Reason.Length <= MaxReason ? refund.Reason : refund.Reason[..MaxReason],
        ["Since"] = refund.Since,
        ["Looks"] = (long)refund.Looks,
        ["LookAt"] = refund.LookAt,
    };

    private static PendingRefund ToRefund(Row row) => new(
        new MerchantId(row.GetString("Merchant")!),
        PaymentId.TryParse(row.GetString("PaymentId"), out var id) ? id : throw new InvalidDataException($"The row {row.Address} names no payment."),
        row.GetString("Reason")!,
        row.GetDateTimeOffset("Since")!.Value)
    {
        Looks = (int)row.GetInt64("Looks")!.Value,
        LookAt = row.GetDateTimeOffset("LookAt")!.Value,
    };
}
