using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Tests.Purge;

/// <summary>Counts deletions, and lets others do something after the rows were listed, or just before the first deletion.</summary>
internal sealed class MeddlingStore(IExpiredRowStore inner) : IExpiredRowStore
{
    public ConcurrentBag<int> Deletions { get; } = [];

    public Func<Task>? AfterListing { get; set; }

    public Func<Task>? BeforeDeletion { get; set; }

    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) => inner.ReadAsync(address, cancellationToken);

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);

    public async IAsyncEnumerable<Row> QueryExpiredAsync(string table, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in inner.QueryExpiredAsync(table, before, cancellationToken))
        {
            yield return row;
        }

        if (AfterListing is { } meddle)
        {
            AfterListing = null;
            await meddle();
        }
    }

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
