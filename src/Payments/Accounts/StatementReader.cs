using Payments.Partitions;
using ServerlessIdempotency.Rows;

namespace Payments.Accounts;

/// <summary>Reads statements. The balance is summed from the lines, so the two can't disagree.</summary>
internal sealed class StatementReader(IRowStore store)
{
    public async Task<AccountStatement> ReadAsync(MerchantId merchant, string accountId, CancellationToken cancellationToken)
    {
        var entries = new List<StatementEntry>();
        await foreach (var row in store.QueryAsync(new RowQuery(AccountPartition.Of(merchant, accountId), StatementEntryRow.KeyPrefix), cancellationToken))
        {
            entries.Add(StatementEntryRow.ToEntry(row));
        }

        return AccountStatement.Of(accountId, entries);
    }
}
