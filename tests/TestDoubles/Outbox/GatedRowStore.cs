using System.Runtime.CompilerServices;
using ServerlessIdempotency.Rows;

namespace TestDoubles.Outbox;

/// <summary>A store whose every call passes a gate. Calls are named <c>read|query|write table/partition</c>, writes also by their first row's key.</summary>
internal sealed class GatedRowStore(IRowStore inner, CallGate gate) : IRowStore
{
    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken) =>
        gate.PassAsync($"read {address}", () => inner.ReadAsync(address, cancellationToken));

    public Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken) =>
        gate.PassAsync($"write {transaction.Partition}/{transaction.Writes[0].RowKey} {transaction.Writes[0].GetType().Name}", () => inner.WriteAsync(transaction, cancellationToken));

    public async IAsyncEnumerable<Row> QueryAsync(RowQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = await gate.PassAsync($"query {query.Partition}/{query.RowKeyPrefix}", async () =>
        {
            var listed = new List<Row>();
            await foreach (var row in inner.QueryAsync(query, cancellationToken))
            {
                listed.Add(row);
            }

            return listed;
        });
        foreach (var row in rows)
        {
            yield return row;
        }
    }
}
