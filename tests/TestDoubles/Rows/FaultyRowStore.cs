using System.Collections.Concurrent;
using ServerlessIdempotency.InMemory;
using ServerlessIdempotency.Rows;

namespace TestDoubles.Rows;

/// <summary>A store that fails before or after the real call, by a script, and counts the calls.</summary>
internal sealed class FaultyRowStore(IRowStore inner) : IRowStore
{
    private readonly ConcurrentQueue<Fault> _writeFaults = new();
    private readonly ConcurrentQueue<Fault> _readFaults = new();

    public FaultyRowStore()
        : this(new InMemoryRowStore())
    {
    }

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    public bool IsDown { get; set; }

    /// <summary>Runs before each write reaches the store.</summary>
    public Func<RowTransaction, Task>? BeforeWrite { get; set; }

    /// <summary>Runs once, after the next read and before its reader gets the row: what was read is stale by then.</summary>
    public Func<Task>? AfterRead { get; set; }

    public void FailWrites(params Fault[] faults) => Array.ForEach(faults, _writeFaults.Enqueue);

    public void FailReads(params Fault[] faults) => Array.ForEach(faults, _readFaults.Enqueue);

    public void ResetCounts() => (Reads, Writes) = (0, 0);

    public async Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken)
    {
        Reads++;
        if (IsDown || (_readFaults.TryDequeue(out var fault) && fault != Fault.None))
        {
            throw new StoreUnavailableException("The read failed.");
        }

        var row = await inner.ReadAsync(address, cancellationToken);
        if (AfterRead is { } after)
        {
            AfterRead = null;
            await after();
        }

        return row;
    }

    public async Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken)
    {
        Writes++;
        if (BeforeWrite is { } before)
        {
            await before(transaction);
        }

        _writeFaults.TryDequeue(out var fault);
        if (IsDown || fault == Fault.Before)
        {
            throw new StoreUnavailableException("The request was lost.");
        }

        // A client that gives up does not take its request back.
        var outcome = await inner.WriteAsync(transaction, CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return fault switch
        {
            Fault.After => throw new StoreUnavailableException("The reply was lost."),
            Fault.RetriedAfter => await inner.WriteAsync(transaction, cancellationToken),
            _ => outcome,
        };
    }

    public IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken) => inner.QueryAsync(query, cancellationToken);
}
