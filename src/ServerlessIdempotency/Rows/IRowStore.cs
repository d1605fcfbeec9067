namespace ServerlessIdempotency.Rows;

/// <summary>
/// The whole of what this library asks of a database: strongly consistent reads, and guarded transactions within one partition.
/// </summary>
/// <remarks>
/// <para>A store answers what it knows: <see cref="WriteOutcome.Applied"/> or <see cref="WriteOutcome.Refused"/>. Where it can't know, since the
/// reply was lost or timed out, it throws <see cref="StoreUnavailableException"/>. It may retry by itself and so refuse its own earlier write:
/// <see cref="RowWriter"/>, through which every write goes, tells the two apart by the operation id stored in the row.</para>
/// <para>A missing table reads as empty and is created by the first write to it. Bad input (a row too large, a key with a character that the store forbids)
/// is an <see cref="ArgumentException"/> before anything is sent.</para>
/// </remarks>
public interface IRowStore
{
    /// <summary>Reads one row.</summary>
    /// <returns>The row, or null where there is none.</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    Task<Row?> ReadAsync(RowAddress address, CancellationToken cancellationToken);

    /// <summary>Applies all writes of a transaction, or none.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer, or not clearly; the writes may have happened.</exception>
    Task<WriteOutcome> WriteAsync(RowTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Lists rows of one partition in key order, page by page.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    IAsyncEnumerable<Row> QueryAsync(RowQuery query, CancellationToken cancellationToken);
}
