using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Testing.Tests.Example;

/// <summary>Stands for the reader's own store: it keeps its rows in one that is right.</summary>
internal sealed class MyStore : IRowStore
{
    private readonly InMemoryRowStore _rows = new();

    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => _rows.ReadAsync(address, cancellationToken);

    public Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken) => _rows.WriteAsync(transaction, cancellationToken);

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => _rows.QueryAsync(query, cancellationToken);
}
