using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Tests.Batches;

/// <summary>A store that refuses a transaction without saying which write it was for.</summary>
internal sealed class SilentStore(IRowStore inner) : IRowStore
{
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => inner.ReadAsync(address, cancellationToken);

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken) =>
        await inner.WriteAsync(transaction, cancellationToken) switch
        {
            WriteOutcome.Refused refused => refused with { Index = null },
            var applied => applied,
        };

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);
}
