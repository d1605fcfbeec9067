using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.AspNetCore.Tests.Hosting;

/// <summary>The store in memory, which can be made unreachable, and which counts its calls.</summary>
internal sealed class TestRowStore : IRowStore
{
    private readonly InMemoryRowStore _inner = new();
    private int _calls;

    public bool IsDown { get; set; }

    /// <summary>Runs once, after the next write and before its writer learns of it.</summary>
    public Action? AfterWrite { get; set; }

    public int Calls => _calls;

    public Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken)
    {
        Count();
        return _inner.ReadAsync(address, cancellationToken);
    }

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        Count();
        var outcome = await _inner.WriteAsync(transaction, cancellationToken);
        if (AfterWrite is { } happens)
        {
            AfterWrite = null;
            happens();
        }

        return outcome;
    }

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken)
    {
        Count();
        return _inner.QueryAsync(query, cancellationToken);
    }

    private void Count()
    {
        Interlocked.Increment(ref _calls);
        if (IsDown)
        {
            throw new StoreUnavailableException("The store is down.");
        }
    }
}
