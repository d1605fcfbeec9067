using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Sagas.Tests;

/// <summary>
/// One process that dies at its n-th point: before or after any storage call and before or after any outside call. From then on nothing that it does
/// reaches anything.
/// </summary>
internal sealed class MortalProcess(IRowStore store, int? diesAt = null) : IRowStore
{
    /// <summary>How many points it has passed.</summary>
    public int Points { get; private set; }

    public bool IsDead { get; private set; }

    public List<string> Trace { get; } = [];

    public void Pass(string point)
    {
        if (!IsDead)
        {
            Trace.Add(point);
            IsDead = ++Points == diesAt;
        }

        if (IsDead)
        {
            throw new StoreUnavailableException($"The process died {point}.");
        }
    }

    public void Die(string point)
    {
        IsDead = true;
        Pass(point);
    }

    public async Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken)
    {
        Pass("before reading " + address.RowKey);
        var row = await store.ReadAsync(address, cancellationToken);
        Pass("after reading " + address.RowKey);
        return row;
    }

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        Pass("before writing " + transaction.Writes[0].RowKey);
        var outcome = await store.WriteAsync(transaction, cancellationToken);
        Pass("after writing " + transaction.Writes[0].RowKey);
        return outcome;
    }

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken)
    {
        Pass("before listing " + query.RowKeyPrefix);
        return store.QueryAsync(query, cancellationToken);
    }
}
