using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Tests.Mistakes;

/// <summary>A store that writes something else in the place of what it was given.</summary>
internal abstract class WritesChangedStore(IRowStore inner) : IRowStore
{
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => inner.ReadAsync(address, cancellationToken);

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        var writes = transaction.Writes.ToArray();
        for (var index = 0; index < writes.Length; index++)
        {
            if (writes[index] is RowWrite.ReplaceRow replace)
            {
                writes[index] = await ChangedAsync(replace, index, transaction.Partition.Row(replace.RowKey), cancellationToken);
            }
        }

        return await inner.WriteAsync(transaction with { Writes = writes }, cancellationToken);
    }

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

    protected abstract Task<RowWrite> ChangedAsync(RowWrite.ReplaceRow replace, int index, RowAddress address, CancellationToken cancellationToken);

    /// <summary>The row with another value in one of its columns.</summary>
    protected static RowWrite With(RowWrite.ReplaceRow replace, string column, object value) =>
        replace with { Values = new Dictionary<string, object>(replace.Values) { [column] = value } };
}
