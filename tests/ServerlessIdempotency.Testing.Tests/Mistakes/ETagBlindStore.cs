using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>A store that honours the guard of a transaction's first write and ignores those of the others.</summary>
internal sealed class ETagBlindStore(IRowStore inner) : IRowStore
{
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => inner.ReadAsync(address, cancellationToken);

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        var writes = transaction.Writes.ToArray();
        for (var index = 1; index < writes.Length; index++)
        {
            if (writes[index] is RowWrite.ReplaceRow replace && await inner.ReadAsync(transaction.Partition.Row(replace.RowKey), cancellationToken) is { } current)
            {
                writes[index] = replace with { ETag = current.ETag };
            }
        }

        return await inner.WriteAsync(transaction with { Writes = writes }, cancellationToken);
    }

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);
}
