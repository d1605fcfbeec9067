using System.Collections.Concurrent;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests.Purge;

/// <summary>Counts deletions, and lets others do something just before the first of them.</summary>
internal sealed class MeddlingStore(IExpiredRowStore inner) : IExpiredRowStore
{
    public ConcurrentBag<int> Deletions { get; } = [];

    public Func<Task>? BeforeDeletion { get; set; }

    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => inner.ReadAsync(address, cancellationToken);

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

    public IAsyncEnumerable<Row> QueryExpiredAsync(string table, DateTimeOffset before, CancellationToken cancellationToken) => inner.QueryExpiredAsync(table, before, cancellationToken);

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        Deletions.Add(transaction.Writes.Count);
        if (BeforeDeletion is { } meddle)
        {
            BeforeDeletion = null;
            await meddle();
        }

        return await inner.WriteAsync(transaction, cancellationToken);
    }
}
