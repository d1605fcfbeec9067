using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>Work other than messages for whose sake a partition must be found again.</summary>
internal interface IUnfinishedWork
{
    /// <summary>When the partition has to be looked into next.</summary>
    /// <returns>Null where there is no such work.</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked: the partition stays.</exception>
    Task<DateTimeOffset?> NextAsync(PartitionAddress partition, CancellationToken cancellationToken);
}
