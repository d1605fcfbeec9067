using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Worlds;

/// <summary>A store that is controlled below, at its network: here it is only seen what of it is used.</summary>
internal sealed class WatchedRowStore(World world, IRowStore store) : IRowStore
{
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken)
    {
        world.Rows.Know(address.Partition);
        return store.ReadAsync(address, cancellationToken);
    }

    public Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        world.Rows.Know(transaction.Partition);
        return store.WriteAsync(transaction, cancellationToken);
    }

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken)
    {
        world.Rows.Know(query.Partition);
        return store.QueryAsync(query, cancellationToken);
    }
}
