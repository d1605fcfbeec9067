namespace ServerlessIdempotency.Rows;

/// <summary>Columns that the library gives a meaning on any row. Their names are meant to be no user's: a row of an app may have columns <c>OperationId</c> and <c>ExpiresAt</c> of its own.</summary>
public static class RowColumns
{
    /// <summary>The id of the logical write that last wrote the row (law 5: a write knows itself).</summary>
    public const string OperationId = "IdempotencyOperationId";

    /// <summary>From when on the row counts as gone, in UTC.</summary>
    public const string ExpiresAt = "IdempotencyExpiresAt";

    /// <summary>The same in the layout before, on rows of ours only.</summary>
    internal const string PreviousExpiresAt = "ExpiresAt";

    /// <summary>What the message said, on records and on marks of events. Optional: what an earlier version wrote has none, or one of another name and other rules, which is not compared.</summary>
    internal const string Content = "ContentHash";
}
