using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Functions.ServiceBus.Tests.Messages;

/// <summary>A store that does not answer while a test says so.</summary>
internal sealed class BreakableStore(IRowStore inner) : IRowStore
{
    public bool IsBroken { get; set; }

    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => Inner.ReadAsync(address, cancellationToken);

    public Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken) => Inner.WriteAsync(transaction, cancellationToken);

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => Inner.QueryAsync(query, cancellationToken);

    private IRowStore Inner => IsBroken ? throw new StoreUnavailableException("The store is broken.") : inner;
}
