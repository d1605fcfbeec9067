namespace ServerlessIdempotency.Rows;

/// <summary>
/// One guarded write of a transaction. There is no unguarded write: an insert demands that the row is absent, a replace and a delete
/// demand the version that the writer read, so a stale writer changes nothing.
/// </summary>
public abstract record RowWrite
{
    private RowWrite(string rowKey) => RowKey = rowKey;

    /// <summary>The key of the row that is written.</summary>
    public string RowKey { get; }

    /// <summary>A row that must not exist yet.</summary>
    public static RowWrite Insert(string rowKey, IReadOnlyDictionary<string, object> values) => new InsertRow(rowKey, values);

    /// <summary>A row whose columns are all replaced, where its version still is <paramref name="etag"/>.</summary>
    public static RowWrite Replace(string rowKey, IReadOnlyDictionary<string, object> values, string etag) => new ReplaceRow(rowKey, values, etag);

    /// <summary>A row that is deleted, where its version still is <paramref name="etag"/>.</summary>
    public static RowWrite Delete(string rowKey, string etag) => new DeleteRow(rowKey, etag);

    /// <summary>Inserts a row that must not exist.</summary>
    /// <param name="RowKey">The key of the row.</param>
    /// <param name="Values">The row's columns.</param>
    public sealed record InsertRow(string RowKey, IReadOnlyDictionary<string, object> Values) : RowWrite(RowKey);

    /// <summary>Replaces all columns of a row whose version is known.</summary>
    /// <param name="RowKey">The key of the row.</param>
    /// <param name="Values">The row's new columns; a column left out is gone.</param>
    /// <param name="ETag">The version that the writer read.</param>
    public sealed record ReplaceRow(string RowKey, IReadOnlyDictionary<string, object> Values, string ETag) : RowWrite(RowKey);

    /// <summary>Deletes a row whose version is known.</summary>
    /// <param name="RowKey">The key of the row.</param>
    /// <param name="ETag">The version that the writer read.</param>
    public sealed record DeleteRow(string RowKey, string ETag) : RowWrite(RowKey);
}
