namespace ServerlessIdempotency.Rows;

/// <summary>
/// A row as the store returned it. Values are <see cref="string"/>, <see cref="int"/>, <see cref="long"/>, <see cref="double"/>,
/// <see cref="bool"/>, <see cref="DateTimeOffset"/> (UTC), <see cref="Guid"/> or <see cref="byte"/> arrays.
/// </summary>
/// <param name="address">Where the row lives.</param>
/// <param name="etag">The version of the row that was read.</param>
/// <param name="values">The row's columns, keys and version left out.</param>
public sealed class Row(RowAddress address, string etag, IReadOnlyDictionary<string, object> values)
{
    /// <summary>Where the row lives.</summary>
    public RowAddress Address { get; } = address;

    /// <summary>The version of the row; a write that carries it is refused once the row has changed.</summary>
    public string ETag { get; } = etag;

    /// <summary>The row's columns, keys and version left out.</summary>
    public IReadOnlyDictionary<string, object> Values { get; } = values;

    /// <summary>The column's text, or null where the row has no such column.</summary>
    public string? GetString(string column) => Values.TryGetValue(column, out var value) ? (string)value : null;

    /// <summary>The column's whole number, or null where the row has no such column. Columns of 32 and of 64 bits are read alike.</summary>
    public long? GetInt64(string column) => Values.TryGetValue(column, out var value)
        ? value switch { int number => number, _ => (long)value }
        : null;

    /// <summary>The column's truth value, or null where the row has no such column.</summary>
    public bool? GetBoolean(string column) => Values.TryGetValue(column, out var value) ? (bool)value : null;

    /// <summary>The column's moment, or null where the row has no such column.</summary>
    public DateTimeOffset? GetDateTimeOffset(string column) => Values.TryGetValue(column, out var value) ? (DateTimeOffset)value : null;

    /// <summary>The column's bytes, or null where the row has no such column.</summary>
    public byte[]? GetBinary(string column) => Values.TryGetValue(column, out var value) ? (byte[])value : null;
}
