namespace ServerlessIdempotency.Rows;

/// <summary>Columns that the library gives a meaning on any row.</summary>
public static class RowColumns
{
    /// <summary>The id of the logical write that last wrote the row (law 5: a write knows itself).</summary>
    public const string OperationId = "OperationId";

    /// <summary>From when on the row counts as gone, in UTC.</summary>
    public const string ExpiresAt = "ExpiresAt";
}
