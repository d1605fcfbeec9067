namespace ServerlessIdempotency.Rows;

/// <summary>Which rows to list: those of one partition by the start of their keys, in key order.</summary>
/// <param name="Partition">The partition to list.</param>
/// <param name="RowKeyPrefix">What a row's key starts with; empty means every row of the partition.</param>
public sealed record RowQuery(PartitionAddress Partition, string RowKeyPrefix)
{
    /// <summary>The least key to list, to go on after an earlier page; it must start with the prefix. None by default.</summary>
    public string? RowKeyFrom { get; init; }

    /// <summary>The most rows to list. No limit by default.</summary>
    public int? Take { get; init; }
}
