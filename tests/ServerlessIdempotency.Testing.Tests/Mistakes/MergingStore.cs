using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>A store whose replace merges: columns that the new row does not have stay as they were.</summary>
internal sealed class MergingStore(IRowStore inner) : IRowStore
{
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => inner.ReadAsync(address, cancellationToken);

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        var writes = transaction.Writes.ToArray();
        for (var index = 0; index < writes.Length; index++)
        {
            if (writes[index] is RowWrite.ReplaceRow replace && await inner.ReadAsync(transaction.Partition.Row(replace.RowKey), cancellationToken) is { } current)
            {
                var values = new Dictionary<string, object>(current.Values);
                foreach (var (column, value) in replace.Values)
                {
                    values[column] = value;
                }

                writes[index] = replace with { Values = values };
            }
        }

        return await inner.WriteAsync(transaction with { Writes = writes }, cancellationToken);
    }

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);
}
