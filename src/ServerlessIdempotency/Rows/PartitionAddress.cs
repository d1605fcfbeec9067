namespace ServerlessIdempotency.Rows;

/// <summary>A partition of a table: the widest set of rows that one transaction may write.</summary>
/// <param name="Table">The table's name, in the letter case it was created with.</param>
/// <param name="PartitionKey">The partition's key.</param>
public readonly record struct PartitionAddress(string Table, string PartitionKey)
{
    /// <summary>The address of a row of this partition.</summary>
    public RowAddress Row(string rowKey) => new(Table, PartitionKey, rowKey);

    /// <inheritdoc/>
    public override string ToString() => $"{Table}/{PartitionKey}";
}
