using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Execution;

/// <summary>Where an operation's record lives: on its own, or beside the business rows that commit with it.</summary>
public sealed record RecordPlacement
{
    private RecordPlacement(PartitionAddress? partition) => Partition = partition;

    /// <summary>
    /// In the table of <see cref="IdempotencyOptions.TableName"/>, spread over 256 partitions a scope: for handlers whose effects are elsewhere.
    /// </summary>
    public static RecordPlacement Standalone { get; } = new((PartitionAddress?)null);

    /// <summary>The partition beside whose rows the record lives, or null for <see cref="Standalone"/>.</summary>
    public PartitionAddress? Partition { get; }

    /// <summary>
    /// In the business rows' own partition, so that the commit is atomic with them. Every retry must arrive at the same partition: derive it from the
    /// request or from the key.
    /// </summary>
    public static RecordPlacement InPartition(PartitionAddress partition) => new(partition);
}
