using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Tests.Batches;

/// <summary>A store with a limit: what it finds too large it does not take, and with it the whole transaction.</summary>
internal sealed class FussyStore(IRowStore inner) : IRowStore
{
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => inner.ReadAsync(address, cancellationToken);

    public Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken) =>
        transaction.Writes.Any(write => write.RowKey == "too large") ? throw new ArgumentException("The row is too large.") : inner.WriteAsync(transaction, cancellationToken);

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);
}
