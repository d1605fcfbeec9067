namespace ServerlessIdempotency.Rows;

/// <summary>A store that can list records that are in progress, for people. Nothing else depends on it.</summary>
public interface IInProgressRowStore : IRowStore
{
    /// <summary>Lists, over all partitions of a table, the rows whose column <c>State</c> is <c>InProgress</c> and whose column <c>StartedAt</c> lies before a moment.</summary>
    IAsyncEnumerable<Row> QueryInProgressAsync(string table, DateTimeOffset before, CancellationToken cancellationToken);
}
