namespace ServerlessIdempotency.Rows;

/// <summary>Where one row lives: a table, a partition of it and the row's own key.</summary>
/// <param name="Table">The table's name, in the letter case it was created with.</param>
/// <param name="PartitionKey">The unit of atomicity: rows of one partition can be written together.</param>
/// <param name="RowKey">The row's key, unique within its partition.</param>
public readonly record struct RowAddress(string Table, string PartitionKey, string RowKey)
{
    /// <summary>The partition that holds the row.</summary>
    public PartitionAddress Partition => new(Table, PartitionKey);

    /// <inheritdoc/>
    public override string ToString() => $"{Table}/{PartitionKey}/{RowKey}";
}
