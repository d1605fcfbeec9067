using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.Inbox.Batches;

/// <summary>A row that a transaction writes, as the last of its events leaves it, guarded as the first of them found it.</summary>
internal sealed class PendingRow
{
    // Of no store, so a decision that carries it after its transaction is refused.
    private readonly string _version = $"batch-{Guid.NewGuid():N}";
    private readonly string? _found;
    private readonly IReadOnlyDictionary<string, object>? _values;

    private PendingRow(string rowKey, string? found, IReadOnlyDictionary<string, object>? values, BatchEntry owner)
    {
        RowKey = rowKey;
        _found = found;
        _values = values;
        Owner = owner;
    }

    public string RowKey { get; }

    /// <summary>The first event that wrote it.</summary>
    public BatchEntry Owner { get; }

    public static PendingRow First(RowWrite write, BatchEntry owner) => write switch
    {
        RowWrite.InsertRow insert => new PendingRow(write.RowKey, found: null, insert.Values, owner),
        RowWrite.ReplaceRow replace => new PendingRow(write.RowKey, replace.ETag, replace.Values, owner),
        RowWrite.DeleteRow delete => new PendingRow(write.RowKey, delete.ETag, values: null, owner),
        _ => throw new NotSupportedException($"Unknown write {write.GetType().Name}."),
    };

    /// <returns>The row after another write; null where that write was decided on another version, or where no single write says both.</returns>
    public PendingRow? After(RowWrite write) => write switch
    {
        RowWrite.InsertRow insert when _values is null => new PendingRow(RowKey, _found, insert.Values, Owner),
        RowWrite.ReplaceRow replace when _values is not null && replace.ETag == _version => new PendingRow(RowKey, _found, replace.Values, Owner),
        RowWrite.DeleteRow delete when _values is not null && delete.ETag == _version && _found is not null => new PendingRow(RowKey, _found, values: null, Owner),
        _ => null,
    };

    public Row? ToRow(PartitionAddress partition) => _values is null ? null : new Row(partition.Row(RowKey), _version, _values);

    public RowWrite ToWrite() => (_found, _values) switch
    {
        (null, { } values) => RowWrite.Insert(RowKey, values),
        ({ } found, { } values) => RowWrite.Replace(RowKey, values, found),
        ({ } found, null) => RowWrite.Delete(RowKey, found),
        _ => throw new InvalidOperationException("A row that was never there is not deleted."),
    };
}
