namespace ServerlessIdempotency.Rows;

/// <summary>Writes to rows of one partition that happen all together or not at all, in this order.</summary>
/// <param name="Partition">The partition of every row written.</param>
/// <param name="Writes">At least one write, each to another row.</param>
public sealed record RowTransaction(PartitionAddress Partition, IReadOnlyList<RowWrite> Writes)
{
    /// <summary>How many writes every store takes in one transaction: as many as Table Storage does.</summary>
    public const int MaxWrites = 100;
}
