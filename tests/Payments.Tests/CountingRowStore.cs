using ServerlessIdempotency.Rows;

namespace Payments.Tests;

/// <summary>Counts what is asked of a store.</summary>
internal sealed class CountingRowStore(IRowStore inner) : IRowStore
{
    private int _reads;
    private int _writes;

    public int Reads => _reads;

    public int Writes => _writes;

    public int RoundTrips => _reads + _writes;

    /// <summary>Fails the write of this number, from 1, before or after it is applied.</summary>
    public (int Number, bool AfterApplying)? FailWrite { get; set; }

    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return inner.ReadAsync(address, cancellationToken);
    }

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _writes);
        if (FailWrite is { } fail && fail.Number == number)
        {
            if (fail.AfterApplying)
            {
                await inner.WriteAsync(transaction, cancellationToken);
            }

            throw new ProcessDiedException();
        }

        return await inner.WriteAsync(transaction, cancellationToken);
    }

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        return inner.QueryAsync(query, cancellationToken);
    }
}
