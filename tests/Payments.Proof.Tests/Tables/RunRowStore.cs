using System.Runtime.CompilerServices;
using ServerlessIdempotency.Rows;

namespace Payments.Proof.Tests.Tables;

/// <summary>The rows of one run among those of others: every partition of the app's tables has the run's name before its own.</summary>
internal sealed class RunRowStore(IRowStore store, string run) : IRowStore
{
    public async Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) =>
        await store.ReadAsync(Inner(address.Partition).Row(address.RowKey), cancellationToken) is { } row ? Outer(row) : null;

    public Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken) =>
        store.WriteAsync(transaction with { Partition = Inner(transaction.Partition) }, cancellationToken);

    public async IAsyncEnumerable<Row> QueryAsync(RowQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(query with { Partition = Inner(query.Partition) }, cancellationToken))
        {
            yield return Outer(row);
        }
    }

    private PartitionAddress Inner(PartitionAddress partition) => partition with { PartitionKey = run + partition.PartitionKey };

    private Row Outer(Row row) => new(row.Address with { PartitionKey = row.Address.PartitionKey[run.Length..] }, row.ETag, row.Values);
}
