using Payments.Ledger;
using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.State;

/// <summary>Reads payments and their ledgers, each in its merchant's partition only: another merchant's payment is not found (law 10).</summary>
internal sealed class PaymentReader(IRowStore store, PaymentsOptions options, TimeProvider timeProvider)
{
    public async Task<(Payment Payment, string ETag)?> FindAsync(MerchantId merchant, PaymentId id, CancellationToken cancellationToken)
    {
        var partition = new PaymentPartition(merchant, id.Shard).Address;
        return await store.ReadAsync(partition.Row(PaymentRow.KeyOf(id)), cancellationToken) is { } row
            ? (PaymentRow.ToPayment(id, row), row.ETag)
            : null;
    }

    /// <summary>Asks the store for a row that is not there, to see whether it answers.</summary>
    /// <exception cref="StoreUnavailableException">It does not, or not in time.</exception>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.HealthTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await store.ReadAsync(new PaymentPartition(MerchantId.Local, Shard: 0).Address.Row("health"), either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException($"The store did not answer within {options.HealthTimeout}.", exception);
        }
    }

    public async Task<IReadOnlyList<LedgerEntry>> ListLedgerAsync(MerchantId merchant, PaymentId id, CancellationToken cancellationToken)
    {
        var partition = new PaymentPartition(merchant, id.Shard).Address;
        var entries = new List<LedgerEntry>();
        await foreach (var row in store.QueryAsync(new RowQuery(partition, LedgerRow.PrefixOf(id)), cancellationToken))
        {
            entries.Add(LedgerRow.ToEntry(row));
        }

        return entries;
    }
}
