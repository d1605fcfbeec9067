using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Outbox;

/// <summary>Work other than messages for whose sake a partition must stay in the register.</summary>
internal interface IUnfinishedWork
{
    /// <exception cref="StoreUnavailableException">The store could not be asked: the partition stays.</exception>
    Task<bool> IsAnyAsync(PartitionAddress partition, CancellationToken cancellationToken);
}
