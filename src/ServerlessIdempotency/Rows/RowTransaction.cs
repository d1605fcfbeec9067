namespace ServerlessIdempotency.Rows;

/// <summary>Writes to rows of one partition that happen all together or not at all, in this order.</summary>
/// <param name="Partition">The partition of every row written.</param>
/// <param name="Writes">At least one write, each to another row.</param>
public sealed record RowTransaction(PartitionAddress Partition, IReadOnlyList<RowWrite> Writes)
{
    /// <summary>How many writes every store takes in one transaction: as many as Table Storage does.</summary>
    public const int MaxWrites = 100;

    /// <summary>Refuses effects that no transaction takes, before anything is written.</summary>
    /// <param name="who">What has them, as the sentence begins.</param>
    /// <param name="rows">How many rows it changes.</param>
    /// <param name="messages">How many messages it sends.</param>
    /// <param name="own">What is written with them, as the sentence goes on.</param>
    /// <param name="ownWrites">How many writes that is.</param>
    /// <exception cref="ArgumentException">They are too many.</exception>
    internal static void ThrowIfTooMany(string who, int rows, int messages, string own, int ownWrites = 1)
    {
        if (ownWrites + rows + messages > MaxWrites)
        {
            throw new ArgumentException($"{who} changes {rows} rows and sends {messages} messages; with {own} one transaction takes {MaxWrites} at most: send one message whose consumer does the rest.");
        }
    }
}
