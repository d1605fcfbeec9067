namespace ServerlessIdempotency.Rows;

/// <summary>A store that can list rows by the moment they expire, for the purge. Correctness never depends on it: expiry is checked on read.</summary>
public interface IExpiredRowStore : IRowStore
{
    /// <summary>Lists, over all partitions of a table, the rows whose <c>ExpiresAt</c> column lies before a moment.</summary>
    IAsyncEnumerable<Row> QueryExpiredAsync(string table, DateTimeOffset before, CancellationToken cancellationToken);
}
